import { setTimeout } from 'node:timers/promises'
import type { Send } from './client.ts'
import { type Draft, type Fields, type Loaded, openDraft } from './draft.ts'
import { type HashName, KEYS, type KeyName } from './keys.ts'
import type { Reader } from './reader.ts'
import { COMMIT, createScript } from './scripts.ts'

/** Something to be written, computed from what is there. */
export interface Change<T> {
  /** What has to be loaded for it. */
  readonly wanted: Fields
  /** Computes it; called again where somebody else was faster. */
  apply(draft: Draft): T
  /** How much work it is, in rows. */
  readonly weight: number
}

/** What became of a change: its result, or why it was left out. */
export type Outcome<T> = PromiseSettledResult<T>

/**
 * Applies changes one after the other and writes them in one step, if nothing that they were computed from has changed
 * since; otherwise they are computed anew, `attempts` times at the most. A change that throws is left out.
 *
 * @returns what became of each, or nothing where somebody else was always faster
 */
export type Transact = <T>(
  changes: readonly Change<T>[],
  attempts: number,
) => Promise<readonly Outcome<T>[] | undefined>

/** A pause after a conflict, in milliseconds: at random, so that those who got in each other's way part. */
const LONGEST_PAUSE = 100

/** @param confirm waits until what was written is as safe as it is wanted */
export function createTransact(
  send: Send,
  prefix: string,
  read: Reader['read'],
  confirm: (() => Promise<void>) | undefined,
): Transact {
  const script = createScript(send, COMMIT)
  const keys = KEYS.map((name) => prefix + name)

  async function load(changes: readonly Change<unknown>[]): Promise<Loaded> {
    const wanted = new Map<HashName, Set<string>>()
    for (const [hash, fields] of changes.flatMap((change) => Object.entries(change.wanted))) {
      const all = wanted.get(hash as HashName) ?? new Set()
      wanted.set(hash as HashName, all)
      for (const field of fields) all.add(field)
    }
    const loading = [...wanted].map(async ([hash, fields]) => {
      const names = [...fields]
      const values = await read(hash, names)
      return [hash, new Map(names.map((name, index) => [name, values[index]]))] as const
    })
    return new Map(await Promise.all(loading))
  }

  return async (changes, attempts) => {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const loaded = await load(changes)
      const draft = openDraft(loaded)
      const outcomes = changes.map((change) => settledOf(() => draft.attempt(change.apply)))
      const writes = draft.writes()
      // who only learns of what others wrote must not say that it is safe before it is
      if (writes.length === 0 && confirm === undefined) return outcomes
      if (Number(await script(keys, argumentsOf(loaded, writes))) === 1) {
        await confirm?.()
        return outcomes
      }
      await setTimeout(Math.random() * Math.min(LONGEST_PAUSE, 2 ** attempt))
    }
    return undefined
  }
}

function settledOf<T>(work: () => T): Outcome<T> {
  try {
    return { status: 'fulfilled', value: work() }
  } catch (reason) {
    return { status: 'rejected', reason }
  }
}

function argumentsOf(loaded: Loaded, writes: ReturnType<ReturnType<typeof openDraft>['writes']>): string[] {
  const reads = [...loaded].flatMap(([hash, fields]) =>
    [...fields].flatMap(([field, value]) => [numberOf(hash), field, value ?? '']),
  )
  const rest = writes.flatMap(([command, key, name, value]) => [command, numberOf(key), name, value])
  return [String(reads.length / 3), ...reads, ...rest]
}

/** Lua counts from 1. */
const NUMBERS: ReadonlyMap<KeyName, string> = new Map(KEYS.map((name, index) => [name, String(index + 1)]))
const numberOf = (name: KeyName): string => NUMBERS.get(name) ?? ''
