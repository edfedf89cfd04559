import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]
type Build = Parameters<Plugin['setup']>[0]

const NAME = 'one-chunk'

/**
 * Puts all that entries share into one chunk. esbuild makes one for every combination of entries that share something,
 * and a file costs more to load than what stands in it. Where each entry imports everything that is shared, there is
 * one combination. What is imported later stays apart.
 */
export const oneChunk: Plugin = {
  name: NAME,
  async setup(build) {
    const { entries, shared } = await survey(build)
    if (shared.size === 0) return
    const all = [...shared].map((path) => `import ${JSON.stringify(path)}`).join('\n')
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) =>
      entries.has(path)
        ? { contents: `${await readFile(path, 'utf8')}\n${all}`, loader: 'ts', resolveDir: dirname(path) }
        : undefined,
    )
    // else an import of which nothing is used is left out
    build.onResolve({ filter: /^[./]/ }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path)
      return shared.has(file) ? { path: file, sideEffects: true } : undefined
    })
  },
}

/** Which files the entries are, and which of the others are loaded with more than one of them. */
async function survey({ esbuild, initialOptions }: Build) {
  const { plugins = [], entryPoints, ...options } = initialOptions
  const {
    metafile: { outputs },
  } = await esbuild.build({
    ...options,
    entryPoints: entryPoints ?? [],
    plugins: plugins.filter(({ name }) => name !== NAME),
    metafile: true,
    write: false,
  })
  const importedBy = (path: string, as: 'import-statement' | 'dynamic-import') =>
    outputs[path]?.imports.filter(({ kind, external }) => kind === as && !external) ?? []
  const later = new Set(
    Object.keys(outputs).flatMap((path) => importedBy(path, 'dynamic-import').map((one) => one.path)),
  )
  const first = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint && !later.has(path))
  const loaded = first.map((path) => reach(path, (from) => importedBy(from, 'import-statement')))
  const chunks = Object.keys(outputs).filter(
    (path) => !outputs[path]?.entryPoint && loaded.filter((one) => one.has(path)).length > 1,
  )
  return {
    entries: new Set(first.map((path) => resolve(outputs[path]?.entryPoint ?? ''))),
    shared: new Set(
      chunks.flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}).map((file) => resolve(file))),
    ),
  }
}

/** A file and all that is loaded with it. */
function reach(
  path: string,
  next: (from: string) => readonly { readonly path: string }[],
  found: Set<string> = new Set(),
): Set<string> {
  if (found.has(path)) return found
  found.add(path)
  for (const one of next(path)) reach(one.path, next, found)
  return found
}
