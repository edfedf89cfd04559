import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FuzzTarget } from './target.ts'

/** A target as it was found. */
export interface FoundTarget {
  /** The folder of its provider, `'ses'`. */
  readonly name: string
  readonly file: string
  /** In the order of the target. */
  readonly modes: readonly string[]
}

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The `test/fuzz.ts` of every provider that has one; there is no list of them anywhere. */
export async function findTargets(folder: string = join(root, 'packages/providers')): Promise<FoundTarget[]> {
  const files = globSync('*/test/fuzz.ts', { cwd: folder }).sort()
  return Promise.all(
    files.map(async (path) => {
      const file = join(folder, path)
      const { target } = (await import(pathToFileURL(file).href)) as { readonly target: FuzzTarget }
      return { name: path.split(/[\\/]/)[0] ?? path, file, modes: Object.keys(target) }
    }),
  )
}
