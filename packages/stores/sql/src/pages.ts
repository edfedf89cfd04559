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
import { type Database, STANDING } from './tables.ts'

/** Events, newest first, by timestamp, then id. */
export async function listEvents(db: Database, query: StoredEventQuery): Promise<Page<MailEvent>> {
  const limit = pageLimit(query)
  const after = decodeCursor(query.cursor, 2)
  const wanted = {
    address: query.key,
    type: query.type,
    provider: query.provider,
    message_id: query.messageId === undefined ? undefined : indexable(query.messageId),
  }
  let select = db.selectFrom('bouncy_events').select(['id', 'occurred_at', 'data'])
  for (const [column, value] of Object.entries(wanted)) {
    if (value !== undefined) select = select.where(column as keyof typeof wanted, '=', value)
  }
  if (query.state !== undefined) {
    // written out, since a parameter would keep the planner from the indexes of what is not settled
    select = select.where('settled', '=', sql.lit(STANDING[query.state]))
  }
  if (after !== undefined) select = select.where(beyond('desc', ['occurred_at', 'id'], after))
  const rows = await select
    .orderBy('occurred_at', 'desc')
    .orderBy('id', 'desc')
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
