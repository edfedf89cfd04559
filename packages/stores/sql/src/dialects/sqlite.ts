import { setTimeout } from 'node:timers/promises'
import { type QueryExecutorProvider, sql } from 'kysely'
import type { Dialect } from '../dialect.ts'
import { addColumn } from './add-column.ts'
import { onConflict } from './on-conflict.ts'
import { indexStatement } from './partial-index.ts'
import { isOutdated } from './sqlite-codes.ts'

/** How long erasing waits for others to have read what they are reading, in milliseconds. */
const WAIT_MS = 5_000

/**
 * One writer at a time has the whole database, so that nothing needs to be held. Nobody gets in the way but of Kysely's
 * own driver, whose transactions may read before they take the right to write.
 */
export const sqlite: Dialect = {
  ...onConflict,
  migrate: 'auto',
  schema: async () => undefined,
  columns: {
    name: () => sql`text`,
    text: sql`text`,
    time: sql`integer`,
    number: sql`integer`,
    sequence: sql`integer`,
  },
  migratesAtOnce: true,
  migrating: (db, work) => work(db),
  async createIndex(db, index) {
    await indexStatement(index).execute(db)
  },
  addColumn: (db, column) => once(() => addColumn(db, column)),
  async dropIndex(db, { name }) {
    await db.schema.dropIndex(name).ifExists().execute()
  },
  alter: (db, change) => once(() => change(db)),
  keepsStatements: true,
  isolation: undefined,
  isConflict: isOutdated,
  locksRows: false,
  isLost: () => false,
  hold: (query) => query,
  holdFree: (query) => query,
  async beforeErasing(db) {
    await sql`pragma secure_delete = on`.execute(db)
  },
  afterErasing: emptyLog,
}

/** Makes a change that may have been made before: Kysely's own driver for SQLite migrates without a transaction. */
async function once(change: () => Promise<unknown>): Promise<void> {
  await change().catch((error: unknown) => {
    if (!/duplicate column name|no such column/.test(String(error))) throw error
  })
}

/**
 * Moves what is in the write-ahead log into the file and cuts the log to nothing; there is one connection.
 *
 * @throws Error somebody has been reading for too long
 */
export async function emptyLog(db: QueryExecutorProvider): Promise<void> {
  const deadline = performance.now() + WAIT_MS
  for (;;) {
    const { rows } = await sql<{ readonly busy: number }>`pragma wal_checkpoint(truncate)`.execute(db)
    if (Number(rows[0]?.busy ?? 0) === 0) return
    if (performance.now() > deadline) {
      throw new Error(
        '[bouncy/sql] somebody has been reading the database for a long time, so its log still holds the address: erase it once more',
      )
    }
    await setTimeout(20)
  }
}
