import { sql } from 'kysely'
import type { SchemaWords } from '../dialect.ts'
import { addColumn } from './add-column.ts'
import { codesOf } from './mysql-codes.ts'
import { LOCK_MS, patiently } from './patiently.ts'

/** ER_LOCK_WAIT_TIMEOUT */
const LOCKED = 1205
/** ER_TABLE_EXISTS_ERROR, ER_DUP_FIELDNAME, ER_DUP_KEYNAME, ER_CANT_DROP_FIELD_OR_KEY */
const DONE_BEFORE: ReadonlySet<unknown> = new Set([1050, 1060, 1061, 1091])

/** Changes of big tables, which InnoDB makes beside writers by itself; it is the beginning and the end that wait. */
export const mysqlSchema: SchemaWords = {
  migratesAtOnce: false,
  migrating: (db, work) =>
    db.connection().execute(async (own) => {
      const { rows } = await sql<{ readonly seconds: number }>`
        select @@session.lock_wait_timeout as seconds`.execute(own)
      await sql`set session lock_wait_timeout = ${sql.lit(LOCK_MS / 1_000)}`.execute(own)
      try {
        return await work(own)
      } finally {
        await sql`set session lock_wait_timeout = ${sql.lit(Number(rows[0]?.seconds))}`.execute(own)
      }
    }),
  async createIndex(db, { name, table, columns, only }) {
    const all = only === undefined ? columns : [only.column, ...columns]
    const index = db.schema
      .createIndex(name)
      .on(table)
      .columns([...all])
    await once(() => index.execute())
  },
  addColumn: (db, column) => once(() => addColumn(db, column)),
  dropIndex: (db, { name, table }) => once(() => db.schema.alterTable(table).dropIndex(name).execute()),
  alter: (db, change) => once(() => change(db)),
}

/** Makes a change that may have been made before: half a migration is not taken back. */
async function once(change: () => Promise<unknown>): Promise<void> {
  try {
    await patiently(change, (error) => codesOf(error).includes(LOCKED))
  } catch (error) {
    if (!codesOf(error).some((code) => DONE_BEFORE.has(code))) throw error
  }
}
