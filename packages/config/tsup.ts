import { copyFileSync, readFileSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

interface Manifest {
  readonly exports: Readonly<Record<string, string>>
  readonly publishConfig: object
  readonly devDependencies?: Readonly<Record<string, string>>
}

/**
 * The build of every published package: each entry of `exports` (which names sources inside the workspace)
 * becomes an ES module, a CommonJS module (where `publishConfig` has one) and types in `dist`, with chunks for what
 * entries share, so that a class is the same one in all of them. What stands in `devDependencies` and is imported is
 * bundled in: that is zod, whose licence goes with it.
 */
export function build(extra: Options = {}): ReturnType<typeof defineConfig> {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
  return defineConfig({
    entry: Object.values(manifest.exports),
    format: JSON.stringify(manifest.publishConfig).includes('"require"') ? ['esm', 'cjs'] : ['esm'],
    target: 'node22',
    platform: 'node',
    dts: true,
    sourcemap: true,
    clean: true,
    treeshake: true,
    splitting: true,
    removeNodeProtocol: false,
    onSuccess: async () => {
      // A file named after a licence would keep pnpm from packing ours.
      if (manifest.devDependencies?.zod) copyFileSync('node_modules/zod/LICENSE', 'dist/third-party.txt')
    },
    ...extra,
  })
}
