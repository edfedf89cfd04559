import type { MailEvent, NewEvent, RecordBatch } from '@bouncy/core/store'
import type { Dialect } from './dialect.ts'
import { indexable } from './indexable.ts'
import { slices } from './slices.ts'
import { type EventRow, STANDING, type Trx } from './tables.ts'

/** An event as it is stored first. @throws TypeError what is no plain JSON */
export function toEventRow({ event, key, settled }: NewEvent, { now, leaseUntil }: RecordBatch): EventRow {
  return {
    id: event.id,
    provider: event.provider,
    type: event.type,
    address: key ?? null,
    message_id: messageIdOf(event),
    occurred_at: event.timestamp,
    received_at: Math.floor(now),
    settled: settled ? STANDING.settled : STANDING.unsettled,
    lease_until: settled ? 0 : Math.ceil(leaseUntil),
    retry_at: 0,
    attempts: settled ? 0 : 1,
    redacted: 0,
    data: JSON.stringify(event),
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
