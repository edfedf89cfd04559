import { foldMarks } from '../fold.ts'
import type {
  ClaimedEvent,
  ClaimQuery,
  NewEvent,
  NewMark,
  RecordBatch,
  RecordedEvent,
  RecordResult,
  SettleOutcome,
} from '../store.ts'
import { type Row, serialName, type Tables } from './tables.ts'

/** The batch as it can be kept: what is no JSON fails here, before anything of it is. */
export const plain = (batch: RecordBatch): RecordBatch => JSON.parse(JSON.stringify(batch)) as RecordBatch

/** Stores a batch. @param batch plain JSON, which nobody else holds */
export function record(tables: Tables, batch: RecordBatch): RecordResult {
  const { tokens, quarantine } = tables
  if (batch.tokens.some(({ id, binding }) => (tokens.get(id)?.binding ?? binding) !== binding)) {
    return { events: [], tokenReused: true }
  }
  for (const token of batch.tokens) {
    tokens.set(token.id, { ...token, until: Math.max(token.until, tokens.get(token.id)?.until ?? 0) })
  }
  const events = batch.events.map((event) => recordEvent(tables, event, batch))
  const fresh = new Set(events.filter((event) => event.state === 'new').map((event) => event.id))
  for (const mark of batch.marks) {
    if (mark.eventId === undefined || fresh.has(mark.eventId)) fold(tables, mark, batch.now)
  }
  for (const item of batch.quarantined)
    if (quarantine.get(item.id) === undefined) quarantine.set(item.id, item)
  return { events, tokenReused: false }
}

/** Ends claims. */
export function settle({ rows }: Tables, outcomes: readonly SettleOutcome[]): void {
  for (const { id, outcome, retryAt = 0 } of outcomes) {
    const row = rows.get(id)
    if (row === undefined || row.state === 'settled') continue
    if (outcome === 'revived' && row.state !== 'dead') continue
    rows.set(id, {
      ...row,
      state: outcome === 'settled' || outcome === 'dead' ? outcome : 'unsettled',
      leaseUntil: 0,
      retryAt: outcome === 'failed' ? retryAt : 0,
      attempt: outcome === 'revived' ? 0 : row.attempt,
    })
  }
}

/** Claims events that are unsettled, free and due, oldest receipt first. */
export function claim(
  tables: Tables,
  { now, dueBy, leaseUntil, limit }: ClaimQuery,
): readonly ClaimedEvent[] {
  return [...tables.rows.values()]
    .filter((row) => row.state === 'unsettled' && row.leaseUntil <= now && row.retryAt <= dueBy)
    .sort((a, b) => a.serial - b.serial)
    .slice(0, limit)
    .map((row) => ({ event: row.event, attempt: take(tables, row, leaseUntil) }))
}

/** Whether somebody has claimed an event, and has not told how it went. */
export const isClaimed = ({ rows }: Tables, id: string): boolean => {
  const row = rows.get(id)
  return row?.state === 'unsettled' && row.leaseUntil > 0
}

function recordEvent(
  tables: Tables,
  { event, key, settled }: NewEvent,
  { now, leaseUntil }: RecordBatch,
): RecordedEvent {
  const { id } = event
  const row = tables.rows.get(id)
  if (row === undefined) {
    const attempt = settled ? 0 : 1
    tables.rows.set(id, {
      event,
      ...(key === undefined ? {} : { key }),
      serial: tables.next(),
      receivedAt: now,
      state: settled ? 'settled' : 'unsettled',
      redacted: false,
      leaseUntil: settled ? 0 : leaseUntil,
      retryAt: 0,
      attempt,
    })
    return { id, state: 'new', attempt }
  }
  if (row.state !== 'unsettled') return { id, state: row.state, attempt: 0 }
  if (row.leaseUntil > now) return { id, state: 'busy', attempt: 0 }
  return { id, state: 'again', attempt: take(tables, row, leaseUntil) }
}

function take({ rows }: Tables, row: Row, leaseUntil: number): number {
  const attempt = row.attempt + 1
  rows.set(row.event.id, { ...row, leaseUntil, attempt })
  return attempt
}

function fold({ addresses, trail, next }: Tables, { key, ...added }: NewMark, now: number): void {
  const { marks, suppressions, changes } = foldMarks(addresses.get(key)?.marks ?? [], [added])
  addresses.set(key, { marks, suppressions: suppressions.map((one) => ({ address: key, ...one })) })
  const at = new Date(now).toISOString()
  for (const change of changes) trail.set(serialName(next()), { at, address: key, ...change })
}
