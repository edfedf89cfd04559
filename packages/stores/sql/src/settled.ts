import { type RawBuilder, sql } from 'kysely'

/**
 * Whether an event, of a query of `bouncy_events` alone, is settled: nothing of it waits. It is counted, since MariaDB
 * reads all that waits for a `not exists`.
 */
export const isSettled: RawBuilder<boolean> = sql`
  (select count(*) from bouncy_waiting where bouncy_waiting.id = bouncy_events.id) = 0`
