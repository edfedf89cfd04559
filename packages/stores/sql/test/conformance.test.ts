import { DatabaseSync } from 'node:sqlite'
import { sqlStore } from '@bouncy/sql'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { testStore } from '@bouncy/testkit'
import { freshPaths, kyselyOver } from './places.ts'
import { createWords, wordsOver } from './words.ts'

const freshPath = freshPaths()
let path = ''
let handle = new DatabaseSync(':memory:')

/** A handle in memory, with the table in which the kit's handlers write. */
function freshHandle(): DatabaseSync {
  handle = new DatabaseSync(':memory:')
  createWords(handle)
  return handle
}

testStore(
  'sqliteStore(path)',
  () => {
    path = freshPath()
    const file = new DatabaseSync(path)
    createWords(file)
    file.close()
    return sqliteStore(path)
  },
  {
    reopen: () => sqliteStore(path),
    transactions: wordsOver(() => {
      const file = new DatabaseSync(path)
      try {
        return file.prepare('select word from shop_words').all()
      } finally {
        file.close()
      }
    }),
  },
)

testStore("sqliteStore(':memory:')", () => sqliteStore(':memory:'), {
  skip: {
    reopen: 'a database in memory ends with its handle',
    transactions: 'nobody else sees into it; shown with a handle',
  },
})

const words = wordsOver(() => handle.prepare('select word from shop_words').all())

testStore('sqliteStore(DatabaseSync)', () => sqliteStore(freshHandle()), {
  reopen: () => sqliteStore(handle),
  transactions: words,
})

testStore('sqlStore({ db, dialect })', () => sqlStore({ db: kyselyOver(freshHandle()), dialect: 'sqlite' }), {
  reopen: () => sqlStore({ db: kyselyOver(handle), dialect: 'sqlite' }),
  transactions: words,
})
