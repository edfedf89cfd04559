import { sql } from 'kysely'
import type { Dialect, NewRows, PutRows } from '../dialect.ts'

/** The key of each table that is written over. */
const KEYS = { bouncy_events: 'id', bouncy_waiting: 'id', bouncy_addresses: 'address' } as const

/** What SQLite and PostgreSQL say in the same words. */
export const onConflict: Pick<Dialect, 'insertNew' | 'put' | 'addDaily' | 'alongIds'> = {
  async insertNew(trx, table, rows) {
    const inserted = await trx
      .insertInto<keyof NewRows>(table)
      .values(rows)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .execute()
    return inserted.map((row) => row.id)
  },
  async put(trx, table, rows, columns) {
    await trx
      .insertInto<keyof PutRows>(table)
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .column(KEYS[table] as 'address')
          .doUpdateSet(Object.fromEntries(columns.map((column) => [column, sql.ref(`excluded.${column}`)]))),
      )
      .execute()
  },
  async addDaily(trx, rows) {
    await trx
      .insertInto('bouncy_daily')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet({ events: sql`${sql.ref('bouncy_daily.events')} + ${sql.ref('excluded.events')}` }),
      )
      .execute()
  },
  alongIds: (query) => query,
}
