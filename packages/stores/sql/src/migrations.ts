import { setTimeout } from 'node:timers/promises'
import { type Migration, Migrator } from 'kysely/migration'
import type { Dialect } from './dialect.ts'
import { inbox } from './schema/0001-inbox.ts'
import { custody } from './schema/0002-custody.ts'
import { daily } from './schema/0003-daily.ts'
import { waiting } from './schema/0004-waiting.ts'
import type { Database } from './tables.ts'

/** Every step of the schema by its name, in order. A step that was released is never changed. */
const STEPS: Readonly<Record<string, (dialect: Dialect) => Migration>> = {
  '0001_inbox': inbox,
  '0002_custody': custody,
  '0003_daily': daily,
  '0004_waiting': waiting,
}

const ATTEMPTS = 5

/** Creates our tables, or brings them up to date. May run in several processes at once. */
export async function migrate(db: Database, dialect: Dialect): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { error } = await dialect.migrating(db, async (own) =>
      (await migratorOf(own, dialect)).migrateToLatest(),
    )
    if (error === undefined || (await isMigrated(db, dialect))) return
    // where the database does not lock a migration, somebody else may be doing the same at the same time
    if (attempt === ATTEMPTS) throw error
    await setTimeout(attempt * 50)
  }
}

/** Whether our tables are there and up to date. */
export async function isMigrated(db: Database, dialect: Dialect): Promise<boolean> {
  const migrations = await (await migratorOf(db, dialect)).getMigrations()
  return migrations.every((migration) => migration.executedAt !== undefined)
}

async function migratorOf(db: Database, dialect: Dialect): Promise<Migrator> {
  const steps = Object.entries(STEPS).map(([name, step]) => [name, step(dialect)] as const)
  const schema = await dialect.schema(db)
  return new Migrator({
    db,
    provider: { getMigrations: async () => Object.fromEntries(steps) },
    disableTransactions: !dialect.migratesAtOnce,
    migrationTableName: 'bouncy_migrations',
    migrationLockTableName: 'bouncy_migrations_lock',
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  })
}
