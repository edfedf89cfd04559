import type { Migration } from 'kysely/migration'
import type { Dialect, Index } from '../dialect.ts'
import type { Database } from '../tables.ts'
import { ADDRESS, INDEXED } from './lengths.ts'

const INDEXES: readonly Index[] = [
  {
    name: 'bouncy_events_dead',
    table: 'bouncy_events',
    columns: ['occurred_at', 'id'],
    only: { column: 'settled', is: 2 },
  },
  { name: 'bouncy_events_by_receipt', table: 'bouncy_events', columns: ['redacted', 'received_at', 'id'] },
  { name: 'bouncy_addresses_by_end', table: 'bouncy_addresses', columns: ['spent_at', 'address'] },
  { name: 'bouncy_audit_by_address', table: 'bouncy_audit', columns: ['address', 'seq'] },
  { name: 'bouncy_audit_by_time', table: 'bouncy_audit', columns: ['changed_at', 'seq'] },
  { name: 'bouncy_tokens_by_end', table: 'bouncy_tokens', columns: ['keep_until', 'id'] },
]

/** Retries, spent tokens, the trail of changes, and what pruning goes by. */
export function custody({ columns, createIndex, addColumn }: Dialect): Migration {
  return {
    async up(db: Database) {
      await addColumn(db, { table: 'bouncy_events', name: 'retry_at', type: columns.time })
      await addColumn(db, { table: 'bouncy_events', name: 'redacted', type: columns.number })
      await addColumn(db, { table: 'bouncy_addresses', name: 'spent_at', type: columns.time })
      await db.schema
        .createTable('bouncy_audit')
        .ifNotExists()
        .addColumn('seq', columns.sequence, (column) => column.primaryKey())
        .addColumn('address', columns.name(ADDRESS), (column) => column.notNull())
        .addColumn('changed_at', columns.time, (column) => column.notNull())
        .addColumn('data', columns.text, (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('bouncy_tokens')
        .ifNotExists()
        .addColumn('id', columns.name(INDEXED), (column) => column.primaryKey().notNull())
        .addColumn('binding', columns.name(INDEXED), (column) => column.notNull())
        .addColumn('keep_until', columns.time, (column) => column.notNull())
        .execute()
      for (const index of INDEXES) await createIndex(db, index)
    },
  }
}
