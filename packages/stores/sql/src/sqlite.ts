import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SqliteDatabase } from './node-sqlite.ts'
import { checkSqlOptions, type SqlStoreOptions } from './options.ts'
import { openLazily, type SqlStore } from './sql-store.ts'

export type { DailyCount, DailyQuery } from './daily.ts'
export type { SqliteDatabase, SqliteStatement } from './node-sqlite.ts'
export type { SqlStoreOptions } from './options.ts'
export type { SqlStore } from './sql-store.ts'

/**
 * A store in one SQLite file, through `node:sqlite`: nothing is compiled, no service runs. What is acknowledged is on
 * the disk (WAL, `synchronous=FULL`); several processes may share the file. A process that has it open must not open
 * it by other means, since closing it ends SQLite's locks: instead of `fs.copyFile` there is `vacuum into`, and instead of
 * another library of SQLite that library's handle.
 *
 * @param database a path, `':memory:'`, or a handle of yours (a `DatabaseSync`, or a `Database` of `better-sqlite3` or
 *   `libsql`), which stays yours: it is not closed, and nothing of it is changed but that `synchronous` is raised to FULL
 *   and `secure_delete` is on
 * @throws TypeError a path that cannot be opened, an option that does not exist
 * @example
 * const store = sqliteStore('bouncy.db')
 */
export function sqliteStore(database: string | SqliteDatabase, options: SqlStoreOptions = {}): SqlStore {
  checkSqlOptions(options)
  const own = typeof database === 'string' ? openFile(database) : undefined
  const handle = own ?? checkHandle(database as SqliteDatabase)
  const path = typeof database === 'string' ? resolve(database) : undefined
  return openLazily(
    async () => (await import('./open-sqlite.ts')).openSqlite(handle, path),
    () => own?.close(),
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

function checkHandle(database: SqliteDatabase): SqliteDatabase {
  if (typeof database?.prepare === 'function') return database
  throw new TypeError('[bouncy/sql] path: give the name of a file, or a DatabaseSync; is the variable set?')
}
