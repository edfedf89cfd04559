import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Consumer } from './consumer.ts'
import type { Tarball } from './pack.ts'
import { shell } from './shell.ts'

/** What must succeed in the project of a user, in this order. */
const STEPS = [
  'node light.mjs',
  'node light.cjs',
  'node esm.mjs',
  'node cjs.cjs',
  'node every-entry.mjs',
  'node every-entry.cjs',
  'tsc -p nodenext.json',
  'tsc -p bundler.json',
]

/**
 * The packed packages in the project of a user: they receive signed webhooks from an ES module and from a CommonJS file,
 * and type-check in both without `skipLibCheck`.
 *
 * @returns what does not work
 */
export async function install(
  { project, failures }: Consumer,
  tarballs: readonly Tarball[],
): Promise<readonly string[]> {
  if (failures.length > 0) return failures
  const problems: string[] = []
  for (const step of STEPS) problems.push(...(await shell(step, project)))
  return [...problems, ...missing(project, tarballs), ...strangers(project)]
}

/** The texts that every package brings along. */
function missing(project: string, tarballs: readonly Tarball[]): string[] {
  return tarballs
    .flatMap(({ name }) => ['README.md', 'LICENSE'].map((file) => join('node_modules', name, file)))
    .filter((file) => !existsSync(join(project, file)))
    .map((file) => `${file} is missing`)
}

/** What should not be there: zod, which is bundled, and packages of ours from elsewhere than their tarballs. */
function strangers(project: string): string[] {
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly resolved?: string }>>
  }
  const foreign = Object.entries(lock.packages)
    .filter(
      ([path, { resolved }]) => /\/@bouncy\/[^/]+$/.test(path) && resolved?.startsWith('file:') !== true,
    )
    .map(([path]) => path)
  const zod = globSync('node_modules/**/zod/package.json', { cwd: project })
  return [...foreign, ...zod].map((path) => `${path} should not be installed`)
}
