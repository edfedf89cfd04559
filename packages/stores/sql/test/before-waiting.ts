import type { DialectName } from '@bouncy/sql'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { dialects } from '../src/dialect.ts'
import { inbox } from '../src/schema/0001-inbox.ts'
import { custody } from '../src/schema/0002-custody.ts'
import { daily } from '../src/schema/0003-daily.ts'
import type { Database } from '../src/tables.ts'
import { bounce, NOW } from './batches.ts'

const MINUTE = 60_000

export type Standing = 'settled' | 'handled' | 'unhandled' | 'free' | 'leased' | 'failed' | 'dead'
type Columns = Readonly<Record<'settled' | 'lease_until' | 'retry_at' | 'attempts', number>>

/** Events by how far they have come, as columns of `bouncy_events` held it before `0004_waiting`. */
const EVENTS: Readonly<Record<Standing, Columns>> = {
  settled: { settled: 1, lease_until: 0, retry_at: 0, attempts: 1 },
  handled: { settled: 1, lease_until: 0, retry_at: NOW, attempts: 3 },
  unhandled: { settled: 1, lease_until: 0, retry_at: 0, attempts: 0 },
  free: { settled: 0, lease_until: 0, retry_at: 0, attempts: 1 },
  leased: { settled: 0, lease_until: NOW + 9 * MINUTE, retry_at: 0, attempts: 1 },
  failed: { settled: 0, lease_until: 0, retry_at: NOW + 5 * MINUTE, attempts: 2 },
  dead: { settled: 2, lease_until: 0, retry_at: 0, attempts: 8 },
}

/** Makes our tables as the first steps left them. @param steps how many */
export async function writeSteps(db: Database, name: DialectName, steps = 3): Promise<void> {
  const dialect = dialects[name]
  const schema = await dialect.schema(db)
  const all = [
    ['0001_inbox', inbox(dialect)],
    ['0002_custody', custody(dialect)],
    ['0003_daily', daily(dialect)],
  ] as const
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => Object.fromEntries(all.slice(0, steps)) },
    disableTransactions: true,
    migrationTableName: 'bouncy_migrations',
    migrationLockTableName: 'bouncy_migrations_lock',
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  }).migrateToLatest()
  if (error !== undefined) throw error
}

/** Makes them as `0003_daily` left them, with an event in every standing. */
export async function writeBeforeWaiting(db: Database, name: DialectName): Promise<void> {
  await writeSteps(db, name)
  for (const id of Object.keys(EVENTS) as Standing[]) await insertBefore(db, id, EVENTS[id])
}

/** Inserts an event as a process does that knows nothing of a later step. */
export async function insertBefore(
  db: Database,
  id: string,
  { settled, lease_until, retry_at, attempts }: Columns = EVENTS.free,
): Promise<void> {
  const event = bounce(id)
  await sql`
    insert into bouncy_events (id, provider, type, address, message_id, occurred_at, received_at, settled, lease_until,
      retry_at, attempts, redacted, data)
    values (${event.id}, 'toy', 'bounce', ${event.recipient}, null, ${event.timestamp}, ${NOW}, ${settled}, ${lease_until},
      ${retry_at}, ${attempts}, 0, ${JSON.stringify(event)})`.execute(db)
}
