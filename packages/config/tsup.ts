import { readFileSync, writeFileSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

interface Manifest {
  readonly exports: Readonly<Record<string, string>>
  readonly publishConfig: object
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** What may be bundled in; a boundary rule keeps it so. */
const BUNDLED = ['zod', 'papaparse']

/**
 * The build of every published package: each entry of `exports` (which names sources inside the workspace)
 * becomes an ES module, a CommonJS module (where `publishConfig` has one) and types in `dist`, with chunks for what
 * entries share, so that a class is the same one in all of them. What stands in `devDependencies` and is imported is
 * bundled in: that is zod, and papaparse in core; their licences go with them.
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
      const licences = BUNDLED.filter((name) => manifest.devDependencies?.[name] !== undefined).map(
        (name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8')}`,
      )
      // A file named after a licence would keep pnpm from packing ours.
      if (licences.length > 0) writeFileSync('dist/third-party.txt', licences.join('\n\n'))
    },
    ...extra,
  })
}
