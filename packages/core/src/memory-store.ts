import type { MailEvent } from './events.ts'
import { foldMarks, isSpent, type Mark, withoutNote } from './fold.ts'
import {
  decodeCursor,
  type NewEvent,
  type NewMark,
  pageLimit,
  type Quarantined,
  type RecordBatch,
  type RecordedEvent,
  type Store,
  type Token,
  toPage,
} from './store.ts'
import type { AuditEntry, Suppression } from './suppression.ts'

interface Row {
  event: MailEvent
  key: string | undefined
  readonly receivedAt: number
  state: 'settled' | 'unsettled' | 'dead'
  redacted: boolean
  leaseUntil: number
  retryAt: number
  attempt: number
}

interface Address {
  readonly marks: readonly Mark[]
  readonly suppressions: readonly Suppression[]
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
  const addresses = new Map<string, Address>()
  const quarantine = new Map<string, Quarantined>()
  const tokens = new Map<string, Token>()
  const trail: AuditEntry[] = []

  function take(row: Row, leaseUntil: number): number {
    row.leaseUntil = leaseUntil
    row.attempt += 1
    return row.attempt
  }

  function recordEvent({ event, key, settled }: NewEvent, now: number, leaseUntil: number): RecordedEvent {
    const { id } = event
    const row = rows.get(id)
    if (row === undefined) {
      const attempt = settled ? 0 : 1
      const state = settled ? 'settled' : 'unsettled'
      const lease = settled ? 0 : leaseUntil
      rows.set(id, {
        event,
        key,
        receivedAt: now,
        state,
        redacted: false,
        leaseUntil: lease,
        retryAt: 0,
        attempt,
      })
      return { id, state: 'new', attempt }
    }
    if (row.state !== 'unsettled') return { id, state: row.state, attempt: 0 }
    if (row.leaseUntil > now) return { id, state: 'busy', attempt: 0 }
    return { id, state: 'again', attempt: take(row, leaseUntil) }
  }

  function fold({ key, ...added }: NewMark, now: number): void {
    const { marks, suppressions, changes } = foldMarks(addresses.get(key)?.marks ?? [], [added])
    addresses.set(key, { marks, suppressions: suppressions.map((one) => ({ address: key, ...one })) })
    const at = new Date(now).toISOString()
    trail.push(...changes.map((change) => ({ at, address: key, ...change })))
  }

  return {
    async record(given) {
      // what is no JSON fails here, before anything of the batch is kept
      const batch = JSON.parse(JSON.stringify(given)) as RecordBatch
      if (batch.tokens.some(({ id, binding }) => (tokens.get(id)?.binding ?? binding) !== binding)) {
        return { events: [], tokenReused: true }
      }
      for (const token of batch.tokens) {
        const until = Math.max(token.until, tokens.get(token.id)?.until ?? 0)
        tokens.set(token.id, { ...token, until })
      }
      const events = batch.events.map((event) => recordEvent(event, batch.now, batch.leaseUntil))
      const fresh = new Set(events.filter((event) => event.state === 'new').map((event) => event.id))
      for (const mark of batch.marks) {
        if (mark.eventId === undefined || fresh.has(mark.eventId)) fold(mark, batch.now)
      }
      for (const item of batch.quarantined) if (!quarantine.has(item.id)) quarantine.set(item.id, item)
      return { events, tokenReused: false }
    },
    async settle(outcomes) {
      for (const { id, outcome, retryAt = 0 } of outcomes) {
        const row = rows.get(id)
        if (row === undefined || row.state === 'settled') continue
        row.state = outcome === 'settled' || outcome === 'dead' ? outcome : 'unsettled'
        row.leaseUntil = 0
        row.retryAt = outcome === 'failed' ? retryAt : 0
        if (outcome === 'revived') row.attempt = 0
      }
    },
    async claim({ now, dueBy, leaseUntil, limit }) {
      return [...rows.values()]
        .filter((row) => row.state === 'unsettled' && row.leaseUntil <= now && row.retryAt <= dueBy)
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
    async audit(query) {
      const limit = pageLimit(query)
      const after = decodeCursor(query.cursor, 1)
      const found = trail
        .map((entry, index) => ({ entry, position: [String(index).padStart(12, '0')] }))
        .filter(({ entry }) => query.address === undefined || entry.address === query.address)
        .filter(({ position }) => after === undefined || compare(position, after) < 0)
        .reverse()
      return toPage(
        found.slice(0, limit + 1),
        limit,
        (row) => row.entry,
        (row) => row.position,
      )
    },
    async prune(limits) {
      const old = (row: Row, before: number): boolean => row.receivedAt < before
      const events = drop(rows, (row) => row.state === 'settled' && old(row, limits.eventsBefore))
      let redacted = 0
      for (const row of rows.values()) {
        if (row.redacted || !old(row, limits.rawBefore)) continue
        row.event = limits.redact(row.event)
        row.redacted = true
        redacted += 1
      }
      const before = new Date(limits.quarantinedBefore).toISOString()
      const auditBefore = new Date(limits.auditBefore).toISOString()
      const kept = trail.filter((entry) => entry.at >= auditBefore)
      const audit = trail.length - kept.length
      trail.splice(0, trail.length, ...kept)
      return {
        events,
        redacted,
        quarantined: drop(quarantine, (item) => item.receivedAt < before),
        addresses: drop(addresses, ({ marks }) => isSpent(marks, limits.addressesBefore)),
        audit,
        tokens: drop(tokens, (token) => token.until < limits.now),
      }
    },
    async erase({ key, spellings, tombstone, anonymise, redact }) {
      const holds = (value: unknown): boolean => {
        const text = JSON.stringify(value).toLowerCase()
        return spellings.some((spelling) => text.includes(JSON.stringify(spelling).slice(1, -1)))
      }
      for (const row of rows.values()) {
        if (row.key === key) Object.assign(row, { event: anonymise(row.event), key: tombstone })
        else if (holds(row.event)) row.event = redact(row.event)
      }
      drop(quarantine, holds)
      const marks = addresses.get(key)?.marks ?? []
      addresses.delete(key)
      const known = addresses.get(tombstone)?.marks ?? []
      const folded = foldMarks(
        known,
        marks.map((mark) => ({ mark: withoutNote(mark) })),
      )
      const suppressions = folded.suppressions.map((one) => ({ address: tombstone, ...one }))
      addresses.set(tombstone, { marks: folded.marks, suppressions })
      for (const [index, { note: _, ...entry }] of trail.entries()) {
        if (entry.address === key) trail[index] = { ...entry, address: tombstone }
      }
    },
    async close() {},
  }
}

function drop<T>(map: Map<string, T>, unwanted: (item: T) => boolean): number {
  const before = map.size
  for (const [key, item] of map) if (unwanted(item)) map.delete(key)
  return before - map.size
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
