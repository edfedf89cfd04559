import { sql } from 'kysely'
import type { Dialect, NewRows, PutRows } from '../dialect.ts'
import { insertRows } from '../insert.ts'
import type { Database } from '../tables.ts'
import { codesOf } from './mysql-codes.ts'
import { mysqlSchema } from './mysql-schema.ts'

/** ER_LOCK_DEADLOCK, ER_CHECKREAD (MariaDB), and ER_DUP_ENTRY: somebody inserted the same. */
const CONFLICTS: ReadonlySet<unknown> = new Set([1213, 1020, 1062])
/** ER_SERVER_SHUTDOWN, ER_CONNECTION_KILLED (MariaDB), ER_CLIENT_INTERACTION_TIMEOUT, and what the driver says. */
const LOST: ReadonlySet<unknown> = new Set([
  1053,
  1927,
  4031,
  'PROTOCOL_CONNECTION_LOST',
  'ECONNRESET',
  'EPIPE',
])
const LOST_WORDS = /closed state/

/**
 * By code point and, unlike `utf8mb4_bin`, without padding: each server reads the comment that is meant for it
 * (https://mariadb.com/kb/en/comment-syntax/).
 */
const BY_CODE_POINT = sql.raw(
  'character set utf8mb4 collate /*M! utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */',
)

/** MySQL 8 and MariaDB: nothing is returned by an insert, no index leaves rows out, no migration is taken back. */
export const mysql: Dialect = {
  migrate: 'manual',
  checkConnection,
  schema: async () => undefined,
  columns: {
    name: (length) => sql`varchar(${sql.lit(length)}) ${BY_CODE_POINT}`,
    text: sql`longtext ${BY_CODE_POINT}`,
    time: sql`bigint`,
    number: sql`integer`,
    sequence: sql`bigint auto_increment`,
  },
  ...mysqlSchema,
  keepsStatements: false,
  // with the default, repeatable read, gaps between rows are locked as well, and reads see an old state
  isolation: 'read committed',
  isConflict: (error) => codesOf(error).some((code) => CONFLICTS.has(code)),
  isLost: (error) =>
    codesOf(error).some((code) => LOST.has(code)) ||
    (error instanceof Error && LOST_WORDS.test(error.message)),
  async insertNew(trx, table, rows) {
    const ids = rows.map((row) => row.id)
    const there = await trx
      .selectFrom(table as 'bouncy_tokens')
      .select('id')
      .where('id', 'in', ids)
      .orderBy('id')
      .forUpdate()
      .execute()
    const known = new Set(there.map((row) => row.id))
    const missing = rows.filter(({ id }) => !known.has(id) && known.add(id))
    // if somebody inserts one of them in between, it is a duplicate, and this transaction is done again
    if (missing.length > 0) {
      await insertRows(trx, table, missing, () => trx.insertInto<keyof NewRows>(table).values(missing))
    }
    return missing.map((row) => row.id)
  },
  async put(trx, table, rows, columns) {
    await insertRows(trx, `${table} put ${columns}`, rows, () => {
      const taken = columns.map((column) => [column, sql`values(${sql.ref(column)})`])
      return trx.insertInto<keyof PutRows>(table).values(rows).onDuplicateKeyUpdate(Object.fromEntries(taken))
    })
  },
  async addDaily(trx, rows) {
    await insertRows(trx, 'bouncy_daily add', rows, () => {
      const sum = sql<number>`${sql.ref('bouncy_daily.events')} + values(${sql.ref('events')})`
      return trx.insertInto('bouncy_daily').values(rows).onDuplicateKeyUpdate({ events: sum })
    })
  },
  // a small table is read from end to end otherwise, and a DELETE waits for each row on its way
  alongIds: (query, most) => query.orderBy('id').limit(most),
  locksRows: true,
  hold: (query) => query.forUpdate(),
  holdFree: (query) => query.forUpdate().skipLocked(),
  // what was removed is there until it is purged: see the README
  beforeErasing: async () => {},
  afterErasing: async () => {},
}

/**
 * The driver puts texts into statements itself. It escapes them with backslashes and encodes them afterwards, and in
 * neither may something become a quote; nor a surrogate, as which the older utf8 stores half of an emoji.
 */
async function checkConnection(db: Database): Promise<void> {
  const { rows } = await sql<{ readonly charset: string; readonly mode: string }>`
    select @@session.character_set_client as charset, @@session.sql_mode as mode`.execute(db)
  const { charset = '', mode = '' } = rows[0] ?? {}
  if (charset !== 'utf8mb4') {
    throw new Error(`[bouncy/sql] the connection speaks ${charset}: give your pool charset: 'utf8mb4'`)
  }
  if (mode.split(',').includes('NO_BACKSLASH_ESCAPES')) {
    throw new Error(
      '[bouncy/sql] sql_mode has NO_BACKSLASH_ESCAPES, which mysql2 cannot escape for: take it out, of the server or of the sessions of a pool of yours',
    )
  }
}
