import type { OwnPool } from './open-mysql.ts'
import { checkSqlOptions, type SqlStoreOptions } from './options.ts'
import { openLazily, type SqlStore } from './sql-store.ts'

export type { DailyCount, DailyQuery } from './daily.ts'
export type { SqlStoreOptions } from './options.ts'
export type { SqlStore } from './sql-store.ts'

/** The part of a pool of `mysql2` that is used. */
export interface MysqlPool {
  getConnection(callback: (error: unknown, connection: MysqlConnection) => void): void
}

/** A connection of such a pool. */
export interface MysqlConnection {
  query(
    sql: string,
    parameters: (string | number | null)[],
    callback: (error: unknown, result: unknown) => void,
  ): unknown
  release(): void
  /** What the server calls it. */
  readonly threadId?: number | null
  /** Takes it out of the pool. */
  destroy?(): void
}

/** A pool of `mysql2/promise`, which has the other one inside. */
export interface MysqlPromisePool {
  readonly pool: MysqlPool
}

/**
 * A store in MySQL 8 or MariaDB 10.6 or newer, through `mysql2`. Any number of processes may share the database.
 *
 * @param pool a pool of yours, which stays open when the store is closed, or a URL, for a pool of our own
 * @throws TypeError neither of the two, an option that does not exist
 * @example
 * const store = mysqlStore(createPool({ database: 'shop' }), { migrate: 'auto' })
 */
export function mysqlStore(
  pool: MysqlPool | MysqlPromisePool | string,
  options: SqlStoreOptions = {},
): SqlStore {
  checkSqlOptions(options)
  const given = check(pool)
  let own: OwnPool | undefined
  return openLazily(
    async () => {
      const { createPool, openMysql } = await import('./open-mysql.ts')
      own ??= typeof given === 'string' ? await createPool(given) : undefined
      return openMysql(own ?? (given as MysqlPool))
    },
    // a connection that is lost already cannot be closed, and need not be
    () =>
      own
        ?.promise()
        .end()
        .catch(() => {}),
    options,
  )
}

function check(pool: MysqlPool | MysqlPromisePool | string): MysqlPool | string {
  if (typeof pool === 'string' && /^(?:mysql|mariadb):\/\//.test(pool)) return pool
  if (typeof pool === 'object' && pool !== null) {
    const inner = 'pool' in pool ? pool.pool : pool
    if (typeof inner?.getConnection === 'function') return inner
  }
  throw new TypeError(
    '[bouncy/sql] pool: give a pool of mysql2, or a URL that begins with mysql://; is the variable set?',
  )
}
