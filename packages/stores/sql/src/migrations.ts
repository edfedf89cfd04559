import { sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Dialect } from './dialect.ts'
import { LONGEST } from './indexable.ts'
import type { Database } from './tables.ts'

/** The longest address key: local part, @ and domain, in characters. */
const ADDRESS = 510
/** With an address and a time it still fits into an index of MySQL, which takes 3,072 bytes. */
const ID = 200

/** Creates our tables, or brings them up to date. May run in several processes at once. */
export async function migrate(db: Database, dialect: Dialect): Promise<void> {
  const { error } = await migratorOf(db, dialect).migrateToLatest()
  // where the database does not lock a migration, somebody else may have done the same at the same time
  if (error !== undefined && !(await isMigrated(db, dialect))) throw error
}

/** Whether our tables are there and up to date. */
export async function isMigrated(db: Database, dialect: Dialect): Promise<boolean> {
  const migrations = await migratorOf(db, dialect).getMigrations()
  return migrations.every((migration) => migration.executedAt !== undefined)
}

function migratorOf(db: Database, dialect: Dialect): Migrator {
  const all = migrations(dialect)
  return new Migrator({
    db,
    provider: { getMigrations: async () => all },
    migrationTableName: 'bouncy_migrations',
    migrationLockTableName: 'bouncy_migrations_lock',
  })
}

/** Every step of the schema by its name, in order. A step that was released is never changed. */
function migrations({ columns, createIndex }: Dialect): Readonly<Record<string, Migration>> {
  return {
    '0001_inbox': {
      async up(db: Database) {
        await db.schema
          .createTable('bouncy_events')
          .ifNotExists()
          .addColumn('id', columns.name(ID), (column) => column.primaryKey().notNull())
          .addColumn('provider', columns.name(128), (column) => column.notNull())
          .addColumn('type', columns.name(32), (column) => column.notNull())
          .addColumn('address', columns.name(ADDRESS))
          .addColumn('message_id', columns.name(LONGEST))
          .addColumn('occurred_at', columns.name(32), (column) => column.notNull())
          .addColumn('received_at', columns.time, (column) => column.notNull())
          .addColumn('settled', columns.number, (column) => column.notNull())
          .addColumn('lease_until', columns.time, (column) => column.notNull())
          .addColumn('attempts', columns.number, (column) => column.notNull())
          .addColumn('data', columns.text, (column) => column.notNull())
          .execute()
        await db.schema
          .createTable('bouncy_addresses')
          .ifNotExists()
          .addColumn('address', columns.name(ADDRESS), (column) => column.primaryKey().notNull())
          .addColumn('marks', columns.text, (column) => column.notNull())
          .execute()
        await db.schema
          .createTable('bouncy_suppressions')
          .ifNotExists()
          .addColumn('address', columns.name(ADDRESS), (column) => column.notNull())
          .addColumn('place', columns.name(LONGEST), (column) => column.notNull())
          .addColumn('reason', columns.name(32), (column) => column.notNull())
          .addColumn('expires_at', columns.time)
          .addColumn('data', columns.text, (column) => column.notNull())
          .addPrimaryKeyConstraint('bouncy_suppressions_key', ['address', 'place'])
          .execute()
        await db.schema
          .createTable('bouncy_quarantined')
          .ifNotExists()
          .addColumn('id', columns.name(ID), (column) => column.primaryKey().notNull())
          .addColumn('received_at', columns.name(32), (column) => column.notNull())
          .addColumn('data', columns.text, (column) => column.notNull())
          .execute()
        const indexes = [
          { name: 'bouncy_events_by_time', columns: ['occurred_at', 'id'] },
          {
            name: 'bouncy_events_by_address',
            columns: ['address', 'occurred_at', 'id'],
            where: sql<boolean>`address is not null`,
          },
          {
            name: 'bouncy_events_by_message',
            columns: ['message_id', 'occurred_at', 'id'],
            where: sql<boolean>`message_id is not null`,
          },
          {
            name: 'bouncy_events_unsettled',
            columns: ['received_at', 'id'],
            where: sql<boolean>`settled = 0`,
          },
        ]
        for (const index of indexes) await createIndex(db, { table: 'bouncy_events', ...index })
        await createIndex(db, {
          name: 'bouncy_quarantined_by_time',
          table: 'bouncy_quarantined',
          columns: ['received_at', 'id'],
        })
      },
    },
  }
}
