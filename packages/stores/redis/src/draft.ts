import type { HashName, KeyName, SetName } from './keys.ts'

/** Fields of hashes. */
export type Fields = Readonly<Partial<Record<HashName, Iterable<string>>>>

/** What those fields hold; nothing where a field is not there. */
export type Loaded = ReadonlyMap<HashName, ReadonlyMap<string, string | undefined>>

/** The database as it will be once all that is changed here is written. */
export interface Draft {
  /** @throws Error a field that was neither loaded nor set */
  get(hash: HashName, field: string): string | undefined
  /** `undefined` removes it. */
  set(hash: HashName, field: string, value: string | undefined): void
  place(set: SetName, member: string, score?: number): void
  displace(set: SetName, member: string): void
  /** A part of names of the audit trail that sorts after all that were written before. */
  serial(): string
}

/** A draft as its owner sees it. */
export interface OpenDraft extends Draft {
  /** Runs work of which nothing remains if it throws. */
  attempt<T>(work: (draft: Draft) => T): T
  /** What is to be written: command, key, field or member, value or score. */
  writes(): readonly (readonly [command: string, key: KeyName, name: string, value: string])[]
}

/** A draft over what was loaded, with nothing changed yet. */
export function openDraft(loaded: Loaded): OpenDraft {
  const fields = new Map<HashName, Map<string, string | undefined>>()
  const places = new Map<SetName, Map<string, number | undefined>>()
  const undo: (() => void)[] = []
  let serials = 0

  function change<K, V>(all: Map<K, Map<string, V>>, key: K, name: string, value: V): void {
    const some = all.get(key) ?? new Map<string, V>()
    all.set(key, some)
    const before = some.get(name)
    undo.push(some.has(name) ? () => some.set(name, before as V) : () => some.delete(name))
    some.set(name, value)
  }

  const draft: Draft = {
    get(hash, field) {
      const place = [fields.get(hash), loaded.get(hash)].find((some) => some?.has(field))
      if (place === undefined) throw new Error(`[bouncy/redis] a field of ${hash} was not loaded`)
      return place.get(field)
    },
    set: (hash, field, value) => change(fields, hash, field, value),
    place: (set, member, score = 0) => change(places, set, member, score),
    displace: (set, member) => change(places, set, member, undefined),
    serial() {
      serials += 1
      return `#.${String(serials).padStart(7, '0')}`
    },
  }

  return {
    ...draft,
    attempt(work) {
      undo.length = 0
      try {
        return work(draft)
      } catch (error) {
        for (const step of undo.reverse()) step()
        throw error
      }
    },
    writes() {
      const ofFields = entries(fields)
        .filter(([hash, field, value]) => !isLoaded(loaded, hash, field, value))
        .map(([hash, field, value]) =>
          value === undefined
            ? (['hdel', hash, field, ''] as const)
            : (['hset', hash, field, value] as const),
        )
      const ofPlaces = entries(places).map(([set, member, score]) =>
        score === undefined
          ? (['zrem', set, member, ''] as const)
          : (['zadd', set, member, String(score)] as const),
      )
      return [...ofFields, ...ofPlaces]
    },
  }
}

function isLoaded(loaded: Loaded, hash: HashName, field: string, value: string | undefined): boolean {
  const some = loaded.get(hash)
  return some?.has(field) === true && some.get(field) === value
}

function entries<K, V>(all: ReadonlyMap<K, ReadonlyMap<string, V>>): (readonly [K, string, V])[] {
  return [...all].flatMap(([key, some]) => [...some].map(([name, value]) => [key, name, value] as const))
}
