import { globSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../check/workspace.ts'
import type { BenchSubject } from './subject.ts'

/** A subject and the folder of its provider, `'ses'`. */
export interface FoundSubject {
  readonly name: string
  readonly subject: BenchSubject
}

/** The `test/bench.ts` of every provider that has one; there is no list of them anywhere. */
export async function findSubjects(): Promise<readonly FoundSubject[]> {
  const names = globSync('*/test/bench.ts', { cwd: join(root, 'packages/providers') })
    .map((path) => path.split(/[\\/]/)[0] ?? path)
    .sort()
  return Promise.all(names.map(async (name) => ({ name, subject: await loadSubject(name) })))
}

/** The subject of one provider. */
export async function loadSubject(name: string): Promise<BenchSubject> {
  const file = join(root, 'packages/providers', name, 'test/bench.ts')
  const { subject } = (await import(pathToFileURL(file).href)) as { readonly subject: BenchSubject }
  return subject
}
