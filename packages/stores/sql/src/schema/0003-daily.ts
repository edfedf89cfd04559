import type { Migration } from 'kysely/migration'
import type { Dialect } from '../dialect.ts'
import type { Database } from '../tables.ts'
import { OTHER, PROVIDER } from './lengths.ts'

/** Room for a day, a provider, two words of ours and a number. */
const ID = PROVIDER + 100

/** How many events each day had. */
export function daily({ columns, createIndex }: Dialect): Migration {
  return {
    async up(db: Database) {
      await db.schema
        .createTable('bouncy_daily')
        .ifNotExists()
        .addColumn('id', columns.name(ID), (column) => column.primaryKey().notNull())
        .addColumn('day', columns.name(OTHER), (column) => column.notNull())
        .addColumn('provider', columns.name(PROVIDER), (column) => column.notNull())
        .addColumn('type', columns.name(OTHER), (column) => column.notNull())
        .addColumn('bounce_type', columns.name(OTHER), (column) => column.notNull())
        .addColumn('part', columns.number, (column) => column.notNull())
        .addColumn('events', columns.time, (column) => column.notNull())
        .execute()
      await createIndex(db, { name: 'bouncy_daily_by_part', table: 'bouncy_daily', columns: ['part', 'id'] })
    },
  }
}
