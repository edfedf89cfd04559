import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { shell } from '../check/shell.ts'
import { isEsmOnly, type Package, publishedPackages, root } from '../check/workspace.ts'

/** The packages as users have them: built, with the exports that are published, and without the workspace around them. */
export interface Built {
  /** Packages lie in its `node_modules`. */
  readonly folder: string
  /** Loads an entry as an application of ES modules does: `'@bouncy/sql/sqlite'`. */
  load<Module>(specifier: string): Promise<Module>
  /** Every entry of every package. */
  readonly entries: readonly string[]
}

/**
 * Builds the packages (what is built already is taken from turbo's cache) and copies them into a folder that goes when the
 * process ends. What they depend on is linked to what is installed here.
 *
 * @throws Error what the build printed
 */
export async function buildAll(): Promise<Built> {
  const failed = await shell('turbo run build --output-logs=errors-only')
  if (failed.length > 0) throw new Error(failed.join('\n'))
  const folder = mkdtempSync(join(tmpdir(), 'bouncy-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const packages = publishedPackages().filter((one) => !isEsmOnly(one))
  for (const one of packages) layOut(one, folder)
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  return {
    ...(await openBuilt(folder)),
    entries: packages.flatMap(({ manifest }) =>
      Object.keys(manifest.publishConfig?.exports ?? {}).map((path) => manifest.name + path.slice(1)),
    ),
  }
}

/** The packages in a folder that `buildAll` made, for another process. */
export async function openBuilt(folder: string): Promise<Omit<Built, 'entries'>> {
  const file = join(folder, 'load.mjs')
  // a specifier is looked up from the file that imports it
  if (!existsSync(file)) writeFileSync(file, 'export const load = (specifier) => import(specifier)\n')
  const { load } = (await import(pathToFileURL(file).href)) as Pick<Built, 'load'>
  return { folder, load }
}

function layOut({ folder: source, manifest }: Package, folder: string): void {
  const { publishConfig, devDependencies: _, ...rest } = manifest
  const target = join(folder, 'node_modules', manifest.name)
  cpSync(join(root, source, 'dist'), join(target, 'dist'), { recursive: true })
  const published = { ...rest, exports: publishConfig?.exports }
  writeFileSync(join(target, 'package.json'), JSON.stringify(published))
  const needed = { ...manifest.dependencies, ...manifest.peerDependencies }
  for (const name of Object.keys(needed)) {
    const there = join(root, source, 'node_modules', name)
    const link = join(folder, 'node_modules', name)
    if (name.startsWith('@bouncy/') || existsSync(link) || !existsSync(there)) continue
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(realpathSync(there), link)
  }
}
