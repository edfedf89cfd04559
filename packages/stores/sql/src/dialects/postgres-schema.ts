import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Index, SchemaWords } from '../dialect.ts'
import type { Database, Trx } from '../tables.ts'
import { addColumn } from './add-column.ts'
import { indexStatement } from './partial-index.ts'
import { LOCK_MS, patiently } from './patiently.ts'

/** lock_not_available */
const LOCKED = '55P03'
/** How long somebody else may migrate, in milliseconds. */
const TURN_MS = 3_600_000
/** The advisory lock of who migrates: the first number is ours, the second that of the schema. */
const turn = sql`1651471726, hashtext(coalesce(current_schema(), ''))`

/** Changes of big tables that nobody who writes has to wait for longer than a moment. */
export const postgresSchema: SchemaWords = {
  // an index cannot be made beside writers within a transaction
  migratesAtOnce: false,
  migrating: (db, work) =>
    db.connection().execute(async (own) => {
      await waitForTurn(own)
      try {
        return await work(own)
      } finally {
        // where the connection is lost, so is the lock
        await sql`select pg_advisory_unlock(${turn})`.execute(own).catch(() => {})
      }
    }),
  async createIndex(db, index) {
    const { rows } = await sql<Found>`
      select exists (select from ${sql.table(index.table)}) as filled, (
        select i.indisvalid from pg_index i join ${ours} on c.oid = i.indexrelid where c.relname = ${index.name}
      ) as valid`.execute(db)
    const [found] = rows
    if (found?.valid === true) return
    // nobody has to wait for an index of nothing
    if (found?.filled === false) return briefly(db, (trx) => indexStatement(index).execute(trx))
    await createBesideWriters(db, index, found?.valid === false)
  },
  async addColumn(db, column) {
    const { rows } = await sql`
      select from pg_attribute a join ${ours} on c.oid = a.attrelid
      where c.relname = ${column.table} and a.attname = ${column.name} and not a.attisdropped`.execute(db)
    // even a change that is none would wait for the table
    if (rows.length === 0) await briefly(db, (trx) => addColumn(trx, column))
  },
  dropIndex: (db, { name }) => briefly(db, (trx) => trx.schema.dropIndex(name).ifExists().execute()),
  alter: briefly,
}

/** What is in our schema, and not in another one on the way to it. */
const ours = sql`(
  select c.oid, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema()
) as c`

/** What there is of an index. */
interface Found {
  /** Whether its table has rows. */
  readonly filled: boolean
  /** Whether it is whole; nothing where there is none. */
  readonly valid: boolean | null
}

/**
 * One migration at a time. It is asked for again and again, since who waits for a lock within a statement would be waited
 * for by an index that is made in the meantime.
 */
async function waitForTurn(db: Database): Promise<void> {
  const deadline = performance.now() + TURN_MS
  const taken = sql<{ readonly mine: boolean }>`select pg_try_advisory_lock(${turn}) as mine`
  while ((await taken.execute(db)).rows[0]?.mine !== true) {
    if (performance.now() > deadline) {
      throw new Error(
        '[bouncy/sql] somebody else has been migrating for an hour: see to that process, or to the pooler that keeps its connection',
      )
    }
    await pause(100)
  }
}

/** @param broken whether somebody began with it and did not finish */
async function createBesideWriters(db: Database, index: Index, broken: boolean): Promise<void> {
  if (broken) await sql`drop index concurrently if exists ${sql.id(index.name)}`.execute(db)
  await indexStatement(index, sql`concurrently`).execute(db)
}

/** Does what needs the table for itself: not for long, and not while others wait behind it for long. */
function briefly(db: Database, change: (trx: Trx) => Promise<unknown>): Promise<void> {
  const attempt = () =>
    db.transaction().execute(async (trx) => {
      await sql`set local lock_timeout = ${sql.lit(LOCK_MS)}`.execute(trx)
      await change(trx)
    })
  return patiently(attempt, (error) => (error as { readonly code?: unknown }).code === LOCKED)
}
