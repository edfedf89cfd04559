import { sql } from 'kysely'
import type { Dialect, NewRows, PutRows } from '../dialect.ts'
import { insertRows } from '../insert.ts'

/** The key of each table that is written over. */
const KEYS = { bouncy_events: 'id', bouncy_waiting: 'id', bouncy_addresses: 'address' } as const

/** What SQLite and PostgreSQL say in the same words. */
export const onConflict: Pick<Dialect, 'insertNew' | 'put' | 'addDaily' | 'alongIds'> = {
  async insertNew(trx, table, rows) {
    const inserted = await insertRows(trx, `${table} new`, rows, () =>
      trx
        .insertInto<keyof NewRows>(table)
        .values(rows)
        .onConflict((conflict) => conflict.column('id').doNothing())
        .returning('id'),
    )
    return inserted.map((row) => row.id)
  },
  async put(trx, table, rows, columns) {
    await insertRows(trx, `${table} put ${columns}`, rows, () => {
      const taken = columns.map((column) => [column, sql.ref(`excluded.${column}`)])
      return trx
        .insertInto<keyof PutRows>(table)
        .values(rows)
        .onConflict((conflict) =>
          conflict.column(KEYS[table] as 'address').doUpdateSet(Object.fromEntries(taken)),
        )
    })
  },
  async addDaily(trx, rows) {
    await insertRows(trx, 'bouncy_daily add', rows, () => {
      const sum = sql<number>`${sql.ref('bouncy_daily.events')} + ${sql.ref('excluded.events')}`
      return trx
        .insertInto('bouncy_daily')
        .values(rows)
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ events: sum }))
    })
  },
  alongIds: (query) => query,
}
