import { type RawBuilder, sql } from 'kysely'

/** Whether an event, of a query of `bouncy_events` alone, is settled: nothing of it waits. */
export const isSettled: RawBuilder<boolean> = sql`
  not exists (select 1 from bouncy_waiting where bouncy_waiting.id = bouncy_events.id)`
