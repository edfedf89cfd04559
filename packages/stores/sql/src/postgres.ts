import type { OwnPool } from './open-postgres.ts'
import { checkSqlOptions, type SqlStoreOptions } from './options.ts'
import { openLazily, type SqlStore } from './sql-store.ts'

export type { DailyCount, DailyQuery } from './daily.ts'
export type { SqlStoreOptions } from './options.ts'
export type { SqlStore } from './sql-store.ts'

/** The part of a `Pool` of `pg` that is used. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>
}

/** A connection of such a pool. */
export interface PostgresClient {
  query(sql: string, parameters: readonly unknown[]): Promise<PostgresResult>
  query(statement: PostgresStatement): Promise<PostgresResult>
  release(destroy?: boolean): void
  on(event: 'error', listener: (error: Error) => void): unknown
}

/** A statement that a connection keeps under its name. */
export interface PostgresStatement {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

/** What a query of such a connection came to. */
export interface PostgresResult {
  readonly command: string
  readonly rowCount: number | null
  readonly rows: readonly unknown[]
}

/**
 * A store in PostgreSQL 12 or newer, through `pg`. Any number of processes may share the database.
 *
 * @param pool a pool of yours, which stays open when the store is closed, or a URL, for a pool of our own
 * @throws TypeError neither of the two, an option that does not exist
 * @example
 * const store = postgresStore(new Pool(), { migrate: 'auto' })
 */
export function postgresStore(pool: PostgresPool | string, options: SqlStoreOptions = {}): SqlStore {
  checkSqlOptions(options)
  check(pool)
  let own: OwnPool | undefined
  return openLazily(
    async () => {
      const { createPool, openPostgres } = await import('./open-postgres.ts')
      own ??= typeof pool === 'string' ? await createPool(pool) : undefined
      return openPostgres(own ?? (pool as PostgresPool))
    },
    () => own?.end(),
    options,
  )
}

function check(pool: PostgresPool | string): void {
  const fits =
    typeof pool === 'string' ? /^postgres(?:ql)?:\/\//.test(pool) : typeof pool?.connect === 'function'
  if (fits) return
  throw new TypeError(
    '[bouncy/sql] pool: give a Pool of pg, or a URL that begins with postgres://; is the variable set?',
  )
}
