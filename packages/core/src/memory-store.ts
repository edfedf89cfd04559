import type { MailEvent } from './events.ts'
import { foldMarks, type Mark } from './fold.ts'
import {
  decodeCursor,
  type NewEvent,
  pageLimit,
  type Quarantined,
  type RecordBatch,
  type RecordedEvent,
  type Store,
  toPage,
} from './store.ts'
import type { Suppression } from './suppression.ts'

interface Row {
  readonly event: MailEvent
  readonly key: string | undefined
  settled: boolean
  leaseUntil: number
  attempt: number
}

/**
 * Keeps everything in the memory of this process: for tests, and for trying Bouncy out. It forgets at exit and does not
 * bound its size.
 *
 * @example
 * const bouncy = createBouncy({ providers: [ses({ topicArns })], store: memoryStore() })
 */
export function memoryStore(): Store {
  const rows = new Map<string, Row>()
  const addresses = new Map<
    string,
    { readonly marks: readonly Mark[]; readonly suppressions: readonly Suppression[] }
  >()
  const quarantine = new Map<string, Quarantined>()

  function take(row: Row, leaseUntil: number): number {
    row.leaseUntil = leaseUntil
    row.attempt += 1
    return row.attempt
  }

  function recordEvent({ event, key, settled }: NewEvent, now: number, leaseUntil: number): RecordedEvent {
    const row = rows.get(event.id)
    if (row === undefined) {
      const attempt = settled ? 0 : 1
      rows.set(event.id, { event, key, settled, leaseUntil: settled ? 0 : leaseUntil, attempt })
      return { id: event.id, state: 'new', attempt }
    }
    if (row.settled) return { id: event.id, state: 'settled', attempt: 0 }
    if (row.leaseUntil > now) return { id: event.id, state: 'busy', attempt: 0 }
    return { id: event.id, state: 'again', attempt: take(row, leaseUntil) }
  }

  function fold(key: string, mark: Mark): void {
    const { marks, suppressions } = foldMarks(addresses.get(key)?.marks ?? [], [mark])
    addresses.set(key, {
      marks,
      suppressions: suppressions.map((suppression) => ({ address: key, ...suppression })),
    })
  }

  return {
    async record(given) {
      // what is no JSON fails here, before anything of the batch is kept
      const batch = JSON.parse(JSON.stringify(given)) as RecordBatch
      const events = batch.events.map((event) => recordEvent(event, batch.now, batch.leaseUntil))
      const fresh = new Set(events.filter((event) => event.state === 'new').map((event) => event.id))
      for (const { key, eventId, mark } of batch.marks) {
        if (eventId === undefined || fresh.has(eventId)) fold(key, mark)
      }
      for (const item of batch.quarantined) if (!quarantine.has(item.id)) quarantine.set(item.id, item)
      return { events }
    },
    async settle(outcomes) {
      for (const { id, outcome } of outcomes) {
        const row = rows.get(id)
        if (row === undefined) continue
        if (outcome === 'settled') row.settled = true
        row.leaseUntil = 0
      }
    },
    async claim({ now, leaseUntil, limit }) {
      return [...rows.values()]
        .filter((row) => !row.settled && row.leaseUntil <= now)
        .slice(0, limit)
        .map((row) => ({ event: row.event, attempt: take(row, leaseUntil) }))
    },
    async findSuppressions(keys) {
      return [...new Set(keys)].flatMap((key) => addresses.get(key)?.suppressions ?? [])
    },
    async suppressions(query) {
      const limit = pageLimit(query)
      const after = decodeCursor(query.cursor, 2)
      const found = [...addresses.values()]
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
      const found = [...rows.values()]
        .filter((row) => query.key === undefined || row.key === query.key)
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
      const found = [...quarantine.values()]
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
    async close() {},
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
