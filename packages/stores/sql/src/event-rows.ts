import type { MailEvent, NewEvent, RecordBatch } from '@bouncy/core/store'
import type { Dialect } from './dialect.ts'
import { indexable } from './indexable.ts'
import { slices } from './slices.ts'
import type { EventRow, Trx, WaitingRow } from './tables.ts'

/** An event as it is stored first. @throws TypeError what is no plain JSON */
export function toEventRow({ event, key }: NewEvent, { now }: RecordBatch): EventRow {
  return {
    id: event.id,
    provider: event.provider,
    type: event.type,
    address: key ?? null,
    message_id: messageIdOf(event),
    occurred_at: event.timestamp,
    received_at: Math.floor(now),
    redacted: 0,
    data: JSON.stringify(event),
  }
}

/** What waits for the handlers of a new event, claimed by who records it; nothing where nobody handles it. */
export function toWaitingRow(
  { event, settled }: NewEvent,
  { now, leaseUntil }: RecordBatch,
): WaitingRow | undefined {
  if (settled) return undefined
  return {
    id: event.id,
    received_at: Math.floor(now),
    occurred_at: event.timestamp,
    lease_until: Math.ceil(leaseUntil),
    retry_at: 0,
    attempts: 1,
    dead: 0,
  }
}

/** The row with what is left of its event. */
export function reduceEvent(row: EventRow, reduce: (event: MailEvent) => MailEvent): EventRow {
  const event = reduce(JSON.parse(row.data) as MailEvent)
  return { ...row, message_id: messageIdOf(event), data: JSON.stringify(event) }
}

/** Stores such rows in place of those that are there. */
export async function putReduced(trx: Trx, dialect: Dialect, rows: readonly EventRow[]): Promise<void> {
  for (const some of slices(rows, dialect)) {
    await dialect.put(trx, 'bouncy_events', some, ['address', 'message_id', 'redacted', 'data'])
  }
}

const messageIdOf = ({ messageId }: MailEvent): string | null =>
  messageId === undefined ? null : indexable(messageId)
