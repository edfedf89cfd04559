import {
  decodeCursor,
  type MailEvent,
  type Page,
  type PageQuery,
  pageLimit,
  type Quarantined,
  type StoredEventQuery,
  toPage,
} from '@bouncy/core/store'
import { sql } from 'kysely'
import { indexable } from './indexable.ts'
import { beyond } from './keyset.ts'
import type { Database } from './tables.ts'
import { isSettled } from './waiting.ts'

/** Events, newest first, by timestamp, then id. */
export async function listEvents(db: Database, query: StoredEventQuery): Promise<Page<MailEvent>> {
  const limit = pageLimit(query)
  const after = decodeCursor(query.cursor, 2)
  const { state } = query
  const wanted = {
    address: query.key,
    type: query.type,
    provider: query.provider,
    message_id: query.messageId === undefined ? undefined : indexable(query.messageId),
  }
  const waits = state === 'unsettled' || state === 'dead'
  // in the order of the table that is read first
  const order = waits
    ? (['bouncy_waiting.occurred_at', 'bouncy_waiting.id'] as const)
    : (['bouncy_events.occurred_at', 'bouncy_events.id'] as const)
  let select = db
    .selectFrom('bouncy_events')
    .select(['bouncy_events.id', 'bouncy_events.occurred_at', 'data'])
    .$if(waits, (some) =>
      some
        .innerJoin('bouncy_waiting', 'bouncy_waiting.id', 'bouncy_events.id')
        .where('dead', '=', state === 'dead' ? 1 : 0),
    )
    .$if(state === 'settled', (some) => some.where(isSettled))
  for (const [column, value] of Object.entries(wanted)) {
    if (value !== undefined) select = select.where(column as keyof typeof wanted, '=', value)
  }
  if (after !== undefined) select = select.where(beyond('desc', order, after))
  const [time, id] = order
  const rows = await select
    .orderBy(sql.ref(time), 'desc')
    .orderBy(sql.ref(id), 'desc')
    .limit(limit + 1)
    .execute()
  return toPage(
    rows,
    limit,
    (row) => JSON.parse(row.data) as MailEvent,
    (row) => [row.occurred_at, row.id],
  )
}

/** What was not understood, newest receipt first. */
export async function listQuarantined(db: Database, query: PageQuery): Promise<Page<Quarantined>> {
  const limit = pageLimit(query)
  const after = decodeCursor(query.cursor, 2)
  let select = db.selectFrom('bouncy_quarantined').selectAll()
  if (after !== undefined) select = select.where(beyond('desc', ['received_at', 'id'], after))
  const rows = await select
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  return toPage(
    rows,
    limit,
    (row) => JSON.parse(row.data) as Quarantined,
    (row) => [row.received_at, row.id],
  )
}
