import { Kysely } from 'kysely'
import { nodeSqliteDialect, type SqliteDatabase } from './node-sqlite.ts'
import { openOver } from './open.ts'
import type { Opened } from './sql-store.ts'

/** https://sqlite.org/pragma.html#pragma_synchronous */
const FULL = 2

/** Opens a SQLite database as it has to be for a commit to be on the disk; `own`: nobody else uses this handle. */
export function openSqlite(database: SqliteDatabase, own: boolean): Opened {
  const dialect = nodeSqliteDialect(database, async (run) => {
    if (own) await run('pragma journal_mode = wal')
    // a handle of somebody else's may be content with less, but a provider is told 200 on the strength of the commit
    const [level] = await run('pragma synchronous')
    if (Number(level?.synchronous) < FULL) await run('pragma synchronous = full')
  })
  return openOver(new Kysely({ dialect }), 'sqlite')
}
