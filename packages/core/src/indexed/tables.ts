import type { MailEvent } from '../events.ts'
import type { Mark } from '../fold.ts'
import type { Quarantined, Token } from '../store.ts'
import type { AuditEntry, Suppression } from '../suppression.ts'
import type { Change, Kept } from './keeper.ts'

/** An event, and how far it has come. */
export interface Row {
  readonly event: MailEvent
  readonly key?: string
  /** In the order of receipt. */
  readonly serial: number
  readonly receivedAt: number
  readonly state: 'settled' | 'unsettled' | 'dead'
  readonly redacted: boolean
  readonly leaseUntil: number
  readonly retryAt: number
  readonly attempt: number
}

/** What is known of an address, and what follows from it. */
export interface Address {
  readonly marks: readonly Mark[]
  readonly suppressions: readonly Suppression[]
}

/** Values by their ids, none of which is changed in place. */
export interface Table<V> {
  get(id: string): V | undefined
  set(id: string, value: V): void
  /** @returns how many were removed */
  drop(unwanted: (value: V) => boolean): number
  delete(id: string): void
  values(): IterableIterator<V>
  entries(): IterableIterator<[string, V]>
}

/** Everything that a store has, and what of it has changed. */
export interface Tables {
  readonly rows: Table<Row>
  readonly addresses: Table<Address>
  readonly quarantine: Table<Quarantined>
  readonly tokens: Table<Token>
  readonly trail: Table<AuditEntry>
  /** A number that is greater than all before. */
  next(): number
  /** Takes in something that was kept. */
  load(kept: Kept): void
  /** What has changed since it was kept last. */
  changes(): readonly Change[]
  /** It is kept. */
  kept(): void
  /** Takes it back. */
  undo(): void
}

/** The name of a number that sorts as the number does. */
export const serialName = (serial: number): string => String(serial).padStart(15, '0')

const EVENT = 'event'
const AUDIT = 'audit'

/** @param recording whether anybody wants to know what changes */
export function createTables(recording: boolean): Tables {
  const maps = new Map<string, Map<string, unknown>>()
  const before = new Map<string, { readonly name: string; readonly id: string; readonly value: unknown }>()
  let serial = 0

  function table<V>(name: string): Table<V> {
    const map = new Map<string, V>()
    maps.set(name, map)
    const note = (id: string): void => {
      if (!recording) return
      const key = JSON.stringify([name, id])
      if (!before.has(key)) before.set(key, { name, id, value: map.get(id) })
    }
    const remove = (id: string): void => {
      note(id)
      map.delete(id)
    }
    return {
      get: (id) => map.get(id),
      set(id, value) {
        note(id)
        map.set(id, value)
      },
      drop(unwanted) {
        const size = map.size
        for (const [id, value] of map) if (unwanted(value)) remove(id)
        return size - map.size
      },
      delete: remove,
      values: () => map.values(),
      entries: () => map.entries(),
    }
  }

  const rows = table<Row>(EVENT)
  const trail = table<AuditEntry>(AUDIT)

  return {
    rows,
    trail,
    addresses: table('address'),
    quarantine: table('quarantined'),
    tokens: table('token'),
    next() {
      serial += 1
      return serial
    },
    load({ key, value }) {
      const [name, id] = JSON.parse(key) as [string, string]
      const item: unknown = JSON.parse(value)
      maps.get(name)?.set(id, item)
      if (name === EVENT) serial = Math.max(serial, (item as Row).serial)
      if (name === AUDIT) serial = Math.max(serial, Number(id))
    },
    changes() {
      return [...before].map(([key, { name, id }]) => {
        const value = maps.get(name)?.get(id)
        return value === undefined ? { key } : { key, value: JSON.stringify(value) }
      })
    },
    kept: () => before.clear(),
    undo() {
      for (const { name, id, value } of before.values()) {
        if (value === undefined) maps.get(name)?.delete(id)
        else maps.get(name)?.set(id, value)
      }
      before.clear()
    },
  }
}
