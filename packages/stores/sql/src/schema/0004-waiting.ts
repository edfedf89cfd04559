import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Dialect, Index } from '../dialect.ts'
import type { Database } from '../tables.ts'
import { ID, TIME } from './lengths.ts'

const INDEXES: readonly Index[] = [
  { name: 'bouncy_waiting_by_receipt', table: 'bouncy_waiting', columns: ['dead', 'received_at', 'id'] },
  { name: 'bouncy_waiting_by_time', table: 'bouncy_waiting', columns: ['dead', 'occurred_at', 'id'] },
]
/** What `settled` is called while rows are copied: who does not know of this step fails, and loses nothing. */
const FROZEN = 'settled_before_0004'

/**
 * What handlers still have to do, in a table of its own: an event is settled without its row being written anew, and all
 * its indexes with it.
 */
export function waiting({ columns, schema, createIndex, dropIndex, alter }: Dialect): Migration {
  return {
    async up(db: Database) {
      await db.schema
        .createTable('bouncy_waiting')
        .ifNotExists()
        .addColumn('id', columns.name(ID), (column) => column.primaryKey().notNull())
        .addColumn('received_at', columns.time, (column) => column.notNull())
        .addColumn('occurred_at', columns.name(TIME), (column) => column.notNull())
        .addColumn('lease_until', columns.time, (column) => column.notNull())
        .addColumn('retry_at', columns.time, (column) => column.notNull())
        .addColumn('attempts', columns.number, (column) => column.notNull())
        .addColumn('dead', columns.number, (column) => column.notNull())
        .execute()
      for (const index of INDEXES) await createIndex(db, index)

      const there = await columnsOfEvents(db, await schema(db))
      if (there.delete('settled')) {
        await alter(db, (own) =>
          own.schema.alterTable('bouncy_events').renameColumn('settled', FROZEN).execute(),
        )
        there.add(FROZEN)
      }
      if (there.has(FROZEN)) {
        await copyWaiting(db, 0, 0)
        await copyWaiting(db, 2, 1)
      }
      for (const name of ['bouncy_events_unsettled', 'bouncy_events_dead']) {
        await dropIndex(db, { name, table: 'bouncy_events' })
      }
      // the first says that there is something to copy
      for (const column of [FROZEN, 'lease_until', 'retry_at', 'attempts']) {
        if (!there.has(column)) continue
        await alter(db, (own) => own.schema.alterTable('bouncy_events').dropColumn(column).execute())
      }
    },
  }
}

async function columnsOfEvents(db: Database, schema: string | undefined): Promise<Set<string>> {
  const tables = await db.introspection.getTables()
  const events = tables.find(
    (table) => table.name === 'bouncy_events' && (schema === undefined || table.schema === schema),
  )
  return new Set(events?.columns.map(({ name }) => name))
}

/** Copies the events with this standing, each by the index that it has; those that were copied before stay. */
async function copyWaiting(db: Database, standing: number, dead: number): Promise<void> {
  await sql`
    insert into bouncy_waiting (id, received_at, occurred_at, lease_until, retry_at, attempts, dead)
    select id, received_at, occurred_at, lease_until, retry_at, attempts, ${sql.lit(dead)} from bouncy_events as e
    where ${sql.ref(FROZEN)} = ${sql.lit(standing)} and not exists (select 1 from bouncy_waiting as w where w.id = e.id)
  `.execute(db)
}
