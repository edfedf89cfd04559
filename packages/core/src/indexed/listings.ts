import { decodeCursor, pageLimit, toPage } from '../cursor.ts'
import type { Store } from '../store.ts'
import type { Suppression } from '../suppression.ts'
import type { Tables } from './tables.ts'

type Listings = Pick<Store, 'findSuppressions' | 'suppressions' | 'events' | 'quarantined' | 'audit'>

/** How what is in memory is found and listed. */
export function createListings(tables: Tables): Listings {
  return {
    async findSuppressions(keys) {
      return [...new Set(keys)].flatMap((key) => tables.addresses.get(key)?.suppressions ?? [])
    },
    async suppressions(query) {
      const limit = pageLimit(query)
      const after = decodeCursor(query.cursor, 2)
      const found = [...tables.addresses.values()]
        .flatMap((address) => address.suppressions)
        .filter((one) => one.expiresAt === undefined || Date.parse(one.expiresAt) > query.now)
        .filter((one) => query.reason === undefined || one.reason === query.reason)
        .filter((one) => query.prefix === undefined || one.address.startsWith(query.prefix))
        .map((one) => ({ one, position: [one.address, suppressionRank(one)] }))
        .sort((a, b) => compare(a.position, b.position))
        .filter(({ position }) => after === undefined || compare(position, after) > 0)
      return toPage(
        found.slice(0, limit + 1),
        limit,
        (row) => row.one,
        (row) => row.position,
      )
    },
    async events(query) {
      const limit = pageLimit(query)
      const after = decodeCursor(query.cursor, 2)
      const found = [...tables.rows.values()]
        .filter((row) => query.key === undefined || row.key === query.key)
        .filter((row) => query.state === undefined || row.state === query.state)
        .map((row) => row.event)
        .filter((event) => query.type === undefined || event.type === query.type)
        .filter((event) => query.provider === undefined || event.provider === query.provider)
        .filter((event) => query.messageId === undefined || event.messageId === query.messageId)
        .map((event) => ({ event, position: [event.timestamp, event.id] }))
        .sort((a, b) => compare(b.position, a.position))
        .filter(({ position }) => after === undefined || compare(position, after) < 0)
      return toPage(
        found.slice(0, limit + 1),
        limit,
        (row) => row.event,
        (row) => row.position,
      )
    },
    async quarantined(query) {
      const limit = pageLimit(query)
      const after = decodeCursor(query.cursor, 2)
      const found = [...tables.quarantine.values()]
        .map((item) => ({ item, position: [item.receivedAt, item.id] }))
        .sort((a, b) => compare(b.position, a.position))
        .filter(({ position }) => after === undefined || compare(position, after) < 0)
      return toPage(
        found.slice(0, limit + 1),
        limit,
        (row) => row.item,
        (row) => row.position,
      )
    },
    async audit(query) {
      const limit = pageLimit(query)
      const after = decodeCursor(query.cursor, 1)
      const found = [...tables.trail.entries()]
        .map(([name, entry]) => ({ entry, position: [name] }))
        .filter(({ entry }) => query.address === undefined || entry.address === query.address)
        .filter(({ position }) => after === undefined || compare(position, after) < 0)
        .sort((a, b) => compare(b.position, a.position))
      return toPage(
        found.slice(0, limit + 1),
        limit,
        (row) => row.entry,
        (row) => row.position,
      )
    },
  }
}

const suppressionRank = (one: Suppression): string =>
  JSON.stringify([one.reason, one.scope?.stream, one.scope?.tenant])

function compare(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index] ?? ''
    if (part !== other) return part < other ? -1 : 1
  }
  return 0
}
