import { statSync } from 'node:fs'
import { Kysely, sql } from 'kysely'
import { emptyLog } from './dialects/sqlite.ts'
import { createTurns, nodeSqliteDialect, type SqliteDatabase } from './node-sqlite.ts'
import { openOver } from './open.ts'
import { sqliteShortWay } from './short-way-sqlite.ts'
import type { Opened } from './sql-store.ts'
import { mayHoldText } from './traces.ts'

/** https://sqlite.org/pragma.html#pragma_synchronous */
const FULL = 2
/**
 * After so many pages the write-ahead log is moved into the file, by who commits. Four times SQLite's own number: most
 * of the pages of our indexes are changed again and again, and are moved once then; the log has 16 MB, and the moving
 * takes 20 to 60 ms.
 */
const LOG_PAGES = 4_000

/**
 * Opens a SQLite database as it has to be for a commit to be on the disk.
 *
 * @param path of a file that nobody else opened this handle for; none for a handle of somebody else's
 */
export function openSqlite(database: SqliteDatabase, path: string | undefined): Opened {
  const turns = createTurns()
  const dialect = nodeSqliteDialect(database, turns, {
    async onOpen(run) {
      if (path !== undefined) {
        await run('pragma journal_mode = wal')
        await run(`pragma wal_autocheckpoint = ${LOG_PAGES}`)
        // what SQLite needs to take one statement back is little, and would be written to a file with each commit
        await run('pragma temp_store = memory')
      }
      // a handle of somebody else's may be content with less, but a provider is told 200 on the strength of the commit
      const [level] = await run('pragma synchronous')
      if (Number(level?.synchronous) < FULL) await run('pragma synchronous = full')
      await run('pragma secure_delete = on')
    },
    ...(path === undefined ? {} : { beforeCommit: mustStay(path) }),
  })
  const db = new Kysely<unknown>({ dialect })
  const opened = openOver(db, 'sqlite', sqliteShortWay(database, turns))
  if (path === undefined) return opened
  return { ...opened, store: { ...opened.store, erase }, migrate: () => onDisk(opened.migrate) }

  async function erase(erasure: Parameters<Opened['store']['erase']>[0]): Promise<void> {
    await opened.store.erase(erasure)
    // rows that once moved from page to page leave copies behind that secure_delete does not see
    if (await mayHoldText(path ?? '', [erasure.key, ...erasure.spellings])) {
      await onDisk(() => sql`vacuum`.execute(db))
      await emptyLog(db)
    }
  }

  /** For what needs as much room as the whole database: to copy it, or to sort its indexes. */
  async function onDisk(work: () => Promise<unknown>): Promise<void> {
    await sql`pragma temp_store = file`.execute(db)
    try {
      await work()
    } finally {
      await sql`pragma temp_store = memory`.execute(db)
    }
  }
}

/** What is committed to a file without a name is gone when the process ends, and SQLite does not notice. */
function mustStay(path: string): () => void {
  const identity = (): string | undefined => {
    const file = statSync(path, { bigint: true, throwIfNoEntry: false })
    return file && `${file.dev}:${file.ino}`
  }
  const opened = identity()
  return () => {
    // it was never a file: a database in memory
    if (opened === undefined || identity() === opened) return
    throw new Error(
      '[bouncy/sql] the file was deleted or replaced while it was open: put it back, and restart this process',
    )
  }
}
