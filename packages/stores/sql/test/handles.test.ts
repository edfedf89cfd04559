import { createRequire } from 'node:module'
import { type SqliteDatabase, sqliteStore } from '@bouncy/sql/sqlite'
import { testStore } from '@bouncy/testkit'
import Libsql from 'libsql'
import { describe, expect, it } from 'vitest'
import { batchOf } from './batches.ts'
import { freshPaths } from './places.ts'
import { createWords, wordsOver } from './words.ts'

type Handle = SqliteDatabase & { close(): unknown; exec(sql: string): unknown }
type Open = (path: string) => Handle

/** Has to be compiled for the Node that runs it, so that it is none of our dependencies. */
const BETTER_SQLITE3 = process.env.BETTER_SQLITE3

const handles: Readonly<Record<string, Open>> = {
  libsql: (path) => new Libsql(path),
  ...(BETTER_SQLITE3 === undefined ? {} : { 'better-sqlite3': betterSqlite3(BETTER_SQLITE3) }),
}
if (BETTER_SQLITE3 === undefined) {
  const line =
    'handles of better-sqlite3: set BETTER_SQLITE3 to the folder of a compiled copy to see them tested'
  process.stderr.write(`${line}\n`)
  describe.skip(line)
}

function betterSqlite3(folder: string): Open {
  const Database = createRequire(import.meta.url)(folder) as new (path: string, options: object) => Handle
  // its own way of waiting for a writer stops the process, and so would the writer in these tests
  return (path) => new Database(path, { timeout: 0 })
}

describe.each(Object.entries(handles))('%s', (name, open) => {
  const freshPath = freshPaths()
  let path = ''
  let handle = open(':memory:')

  testStore(
    `sqliteStore(a handle of ${name})`,
    () => {
      path = freshPath()
      handle = open(path)
      handle.exec('pragma journal_mode = wal')
      createWords(handle)
      return sqliteStore(handle)
    },
    {
      reopen: () => sqliteStore(open(path)),
      transactions: wordsOver(
        () => handle.prepare('select word from shop_words').all() as { readonly word: string }[],
      ),
    },
  )

  it('waits for another writer, with the event loop free', async () => {
    const shared = freshPath()
    const store = sqliteStore(open(shared))
    await store.record(batchOf('kim'))
    // of the same library: two of them in one process do not see each other's locks
    const other = open(shared)
    other.exec('begin immediate')
    const waiting = store.record(batchOf('ann'))
    const first = await Promise.race([
      waiting.then(() => 'stored'),
      new Promise((resolve) => setTimeout(resolve, 50, 'turn')),
    ])
    expect(first).toBe('turn')
    other.exec('commit')
    expect((await waiting).events).toMatchObject([{ state: 'new' }])
    other.close()
  })

  it('stays open, with synchronous at FULL', async () => {
    const handle = open(':memory:')
    const store = sqliteStore(handle)
    await store.record(batchOf('kim'))
    await store.close()
    expect(handle.prepare('pragma synchronous').all()).toEqual([{ synchronous: 2 }])
    handle.close()
  })
})
