import { readFileSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

interface Manifest {
  readonly exports: Readonly<Record<string, string>>
}

/**
 * The build of every published package: each entry of `exports` (which names sources inside the workspace)
 * becomes an ES module, a CommonJS module and types in `dist`. What stands in `devDependencies` is bundled in.
 */
export function build(extra: Options = {}): ReturnType<typeof defineConfig> {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
  return defineConfig({
    entry: Object.values(manifest.exports).filter((source) => source.endsWith('.ts')),
    format: ['esm', 'cjs'],
    target: 'node22',
    platform: 'node',
    dts: true,
    sourcemap: true,
    clean: true,
    treeshake: true,
    splitting: true,
    removeNodeProtocol: false,
    ...extra,
  })
}
