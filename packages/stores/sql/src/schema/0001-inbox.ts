import type { Migration } from 'kysely/migration'
import type { Dialect, Index } from '../dialect.ts'
import type { Database } from '../tables.ts'
import { ADDRESS, ID, INDEXED, OTHER, PROVIDER, TIME } from './lengths.ts'

const EVENT_INDEXES: readonly Omit<Index, 'table'>[] = [
  { name: 'bouncy_events_by_time', columns: ['occurred_at', 'id'] },
  { name: 'bouncy_events_by_address', columns: ['address', 'occurred_at', 'id'], known: 'address' },
  { name: 'bouncy_events_by_message', columns: ['message_id', 'occurred_at', 'id'], known: 'message_id' },
  { name: 'bouncy_events_unsettled', columns: ['received_at', 'id'], only: { column: 'settled', is: 0 } },
]

/** Events, what is known of addresses, suppressions, and what was not understood. */
export function inbox({ columns, createIndex }: Dialect): Migration {
  return {
    async up(db: Database) {
      await db.schema
        .createTable('bouncy_events')
        .ifNotExists()
        .addColumn('id', columns.name(ID), (column) => column.primaryKey().notNull())
        .addColumn('provider', columns.name(PROVIDER), (column) => column.notNull())
        .addColumn('type', columns.name(OTHER), (column) => column.notNull())
        .addColumn('address', columns.name(ADDRESS))
        .addColumn('message_id', columns.name(INDEXED))
        .addColumn('occurred_at', columns.name(TIME), (column) => column.notNull())
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
        .addColumn('place', columns.name(INDEXED), (column) => column.notNull())
        .addColumn('reason', columns.name(OTHER), (column) => column.notNull())
        .addColumn('expires_at', columns.time)
        .addColumn('data', columns.text, (column) => column.notNull())
        .addPrimaryKeyConstraint('bouncy_suppressions_key', ['address', 'place'])
        .execute()
      await db.schema
        .createTable('bouncy_quarantined')
        .ifNotExists()
        .addColumn('id', columns.name(ID), (column) => column.primaryKey().notNull())
        .addColumn('received_at', columns.name(TIME), (column) => column.notNull())
        .addColumn('data', columns.text, (column) => column.notNull())
        .execute()
      for (const index of EVENT_INDEXES) await createIndex(db, { table: 'bouncy_events', ...index })
      await createIndex(db, {
        name: 'bouncy_quarantined_by_time',
        table: 'bouncy_quarantined',
        columns: ['received_at', 'id'],
      })
    },
  }
}
