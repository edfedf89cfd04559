import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { checkSqlOptions, type SqlStoreOptions } from './options.ts'
import { openLazily, type SqlStore } from './sql-store.ts'

export type { SqlStoreOptions } from './options.ts'
export type { SqlStore } from './sql-store.ts'

/**
 * A store in one SQLite file, through `node:sqlite`: nothing is compiled, no service runs. What is acknowledged is on
 * the disk (WAL, `synchronous=FULL`); several processes may share the file.
 *
 * @param database a path, `':memory:'`, or a `DatabaseSync` of yours, which stays yours: it is not closed, and nothing
 *   of it is changed but that `synchronous` is raised to FULL and `secure_delete` is on
 * @throws TypeError a path that cannot be opened, an option that does not exist
 * @example
 * const store = sqliteStore('bouncy.db')
 */
export function sqliteStore(database: string | DatabaseSync, options: SqlStoreOptions = {}): SqlStore {
  checkSqlOptions(options)
  const own = typeof database === 'string'
  const handle = own ? openFile(database) : checkHandle(database)
  const path = own ? resolve(database) : undefined
  return openLazily(
    async () => (await import('./open-sqlite.ts')).openSqlite(handle, path),
    () => {
      if (own) handle.close()
    },
    options,
  )
}

function openFile(path: string): DatabaseSync {
  if (path.trim() === '') throw new TypeError('[bouncy/sql] path: give the name of a file')
  try {
    return new DatabaseSync(path)
  } catch (cause) {
    throw new TypeError(
      '[bouncy/sql] path: the file cannot be opened; does its directory exist, and may this process write there?',
      { cause },
    )
  }
}

function checkHandle(database: DatabaseSync): DatabaseSync {
  if (typeof database?.prepare === 'function') return database
  throw new TypeError('[bouncy/sql] path: give the name of a file, or a DatabaseSync; is the variable set?')
}
