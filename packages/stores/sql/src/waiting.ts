import { type RawBuilder, sql } from 'kysely'
import type { Dialect } from './dialect.ts'
import { slices } from './slices.ts'
import type { Trx, WaitingRow } from './tables.ts'

/** Holds what waits of these events, as it was committed last. An event of which nothing waits is settled, or not there. */
export async function waitingOf(
  trx: Trx,
  dialect: Dialect,
  ids: readonly string[],
): Promise<ReadonlyMap<string, WaitingRow>> {
  const waiting = new Map<string, WaitingRow>()
  for (const some of slices(ids, dialect)) {
    const query = trx.selectFrom('bouncy_waiting').selectAll().where('id', 'in', some).orderBy('id')
    for (const row of await dialect.hold(query).execute()) waiting.set(row.id, row)
  }
  return waiting
}

/**
 * Whether an event, of a query of `bouncy_events` alone, is settled. What waits is counted, since MariaDB reads all of it
 * for a `not exists`.
 */
export const isSettled: RawBuilder<boolean> = sql`
  (select count(*) from bouncy_waiting where bouncy_waiting.id = bouncy_events.id) = 0`
