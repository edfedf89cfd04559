import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const root: string = fileURLToPath(new URL('../../../', import.meta.url))

/** The fields of a package.json that the checks read. */
export interface Manifest {
  readonly name: string
  readonly version?: string
  readonly description?: string
  readonly private?: boolean
  readonly license?: string
  readonly type?: string
  readonly sideEffects?: boolean
  readonly engines?: Readonly<Record<string, string>>
  readonly files?: readonly string[]
  readonly keywords?: readonly string[]
  readonly exports?: Readonly<Record<string, string>>
  readonly publishConfig?: { readonly access?: string; readonly exports?: Readonly<Record<string, unknown>> }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly 'size-limit'?: readonly SizeBudget[]
}

/** What one entry of a package may weigh, minified and compressed, without its dependencies. */
export interface SizeBudget {
  /** A built file, relative to the package. */
  readonly path: string
  /** A number and a unit: `'4 kB'`. */
  readonly limit: string
}

/** A package of the workspace. */
export interface Package {
  /** Its folder relative to the root, `packages/providers/ses`. */
  readonly folder: string
  readonly manifest: Manifest
}

/** All packages of the workspace. */
export function workspacePackages(): Package[] {
  return globSync(['packages/*/package.json', 'packages/*/*/package.json', 'examples/*/package.json'], {
    cwd: root,
  })
    .sort()
    .map((file) => ({
      folder: dirname(file),
      manifest: JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest,
    }))
}

/** The packages that go to the registry. */
export function publishedPackages(): Package[] {
  return workspacePackages().filter(({ manifest }) => manifest.private !== true)
}

/** Whether a package is for `import` only: what depends on vitest, which refuses to be required. */
export function isEsmOnly({ manifest }: Package): boolean {
  return 'vitest' in (manifest.peerDependencies ?? {})
}
