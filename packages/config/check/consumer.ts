import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tarball } from './pack.ts'
import { runtimePackages } from './runtimes.ts'
import { shell } from './shell.ts'
import { type Package, publishedPackages, root, workspacePackages } from './workspace.ts'

/** The project of a user of all packages. */
export interface Consumer {
  /** Its folder; removed when the process ends. */
  readonly project: string
  /** What npm printed if it did not install. */
  readonly failures: readonly string[]
}

/**
 * What a user gets: the packed packages, installed by npm into an empty project, with the programs of the folders
 * `consumer` and `smoke`, files that load every entry of every package, and the runtimes that the registry has.
 */
export async function installConsumer(tarballs: readonly Tarball[]): Promise<Consumer> {
  const project = mkdtempSync(join(tmpdir(), 'bouncy-installed-'))
  process.once('exit', () => rmSync(project, { recursive: true, force: true }))
  writeConsumer(project, tarballs)
  const install = 'npm install --ignore-scripts --no-audit --no-fund --prefer-offline'
  return { project, failures: await shell(install, project) }
}

function writeConsumer(project: string, tarballs: readonly Tarball[]): void {
  const packages = publishedPackages()
  const entries = packages.flatMap(entriesOf)
  const imports = numbered(entries, (entry, name) => `import * as ${name} from '${entry}'`)
  const requires = numbered(entries, (entry, name) => `const ${name} = require('${entry}')`)
  const typedRequires = numbered(entries, (entry, name) => `import ${name} = require('${entry}')`)
  const files = {
    'package.json': JSON.stringify({
      private: true,
      dependencies: dependencies(packages, tarballs),
      // Optional, so that npm goes on without one that the registry does not have.
      optionalDependencies: runtimePackages(),
    }),
    'every-entry.mjs': imports,
    'every-entry.mts': imports,
    'every-entry.cjs': requires,
    'every-entry.cts': typedRequires,
  }
  cpSync(join(import.meta.dirname, 'consumer'), project, { recursive: true })
  cpSync(join(import.meta.dirname, 'smoke'), join(project, 'smoke'), { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(project, file), text)
}

/** The tarballs and their peers, these with their types where they come apart, in the versions of the workspace. */
function dependencies(packages: readonly Package[], tarballs: readonly Tarball[]): Record<string, string> {
  const peers = packages.flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {}))
  const wanted = ['@types/node', ...['express', ...peers].flatMap((name) => [name, `@types/${name}`])]
  return Object.fromEntries([
    ...wanted.flatMap((name) => installed(name)),
    ...tarballs.map(({ name, file }) => [name, `file:${file}`] as const),
  ])
}

function installed(name: string): (readonly [name: string, version: string])[] {
  const manifest = ['.', ...workspacePackages().map(({ folder }) => folder)]
    .map((folder) => join(root, folder, 'node_modules', name, 'package.json'))
    .find((file) => existsSync(file))
  if (manifest === undefined) return []
  return [[name, (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version]]
}

function entriesOf({ manifest }: Package): string[] {
  return Object.keys(manifest.exports ?? {}).map((key) => join(manifest.name, key))
}

function numbered(entries: readonly string[], line: (entry: string, name: string) => string): string {
  return entries.map((entry, index) => `${line(entry, `entry${index}`)}\n`).join('')
}
