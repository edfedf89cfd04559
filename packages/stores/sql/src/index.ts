import type { Kysely } from 'kysely'
import { type DialectName, dialects } from './dialect.ts'
import { openOver } from './open.ts'
import { checkSqlOptions, type SqlStoreOptions } from './options.ts'
import { openLazily, type SqlStore } from './sql-store.ts'

export type { DailyCount, DailyQuery } from './daily.ts'
export type { DialectName } from './dialect.ts'
export type { SqlStoreOptions } from './options.ts'
export type { SqlStore } from './sql-store.ts'

/** A database that is reached through a Kysely of your own. */
export interface SqlDatabase<DB> {
  /** Stays yours: `close()` does not touch it. */
  readonly db: Kysely<DB>
  readonly dialect: DialectName
}

/**
 * A store over a Kysely instance that your application already has. Our tables begin with `bouncy_`; yours are left
 * alone. Database errors are passed on as they come.
 *
 * @throws TypeError no Kysely instance, a dialect that is not known, an option that does not exist
 * @example
 * const store = sqlStore({ db, dialect: 'sqlite' })
 */
export function sqlStore<DB>({ db, dialect }: SqlDatabase<DB>, options: SqlStoreOptions = {}): SqlStore {
  if (typeof db?.withoutPlugins !== 'function') {
    throw new TypeError('[bouncy/sql] db: give an instance of Kysely')
  }
  if (!Object.hasOwn(dialects, dialect)) {
    throw new TypeError(`[bouncy/sql] dialect: give one of '${Object.keys(dialects).join("', '")}'`)
  }
  checkSqlOptions(options)
  return openLazily(
    async () => openOver(db, dialect),
    () => {},
    options,
  )
}
