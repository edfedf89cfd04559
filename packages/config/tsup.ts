import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type Options } from 'tsup'
import { BUNDLED } from './bundled.ts'
import { oneChunk } from './one-chunk.ts'

interface Manifest {
  readonly exports: Readonly<Record<string, string>>
  readonly publishConfig: object
  readonly devDependencies?: Readonly<Record<string, string>>
}

/**
 * The build of every published package: each entry of `exports` (which names sources inside the workspace)
 * becomes an ES module, a CommonJS module (where `publishConfig` has one) and types in `dist`, with a chunk for what
 * entries share, so that a class is the same one in all of them. What stands in `devDependencies` and is imported is
 * bundled in, and its licence goes with it.
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
      const licences = BUNDLED.filter((name) => manifest.devDependencies?.[name]).map(licenceOf)
      // A file named after a licence would keep pnpm from packing ours.
      if (licences.length > 0) writeFileSync('dist/third-party.txt', licences.join('\n\n'))
    },
    ...extra,
    esbuildPlugins: [...(extra.esbuildPlugins ?? []), oneChunk],
  })
}

function licenceOf(name: string): string {
  const folder = join('node_modules', name)
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one))
  if (file === undefined) throw new Error(`${name} is bundled, but has no licence file to go along`)
  return `${name}\n\n${readFileSync(join(folder, file), 'utf8')}`
}
