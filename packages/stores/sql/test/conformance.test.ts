import { DatabaseSync } from 'node:sqlite'
import { sqlStore } from '@bouncy/sql'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { testStore } from '@bouncy/testkit'
import { freshPaths, kyselyOver } from './places.ts'

const freshPath = freshPaths()
let path = ''
let handle: DatabaseSync

testStore(
  'sqliteStore(path)',
  () => {
    path = freshPath()
    return sqliteStore(path)
  },
  { reopen: () => sqliteStore(path) },
)

testStore("sqliteStore(':memory:')", () => sqliteStore(':memory:'), {
  skip: { reopen: 'a database in memory ends with its handle' },
})

testStore(
  'sqliteStore(DatabaseSync)',
  () => {
    handle = new DatabaseSync(':memory:')
    return sqliteStore(handle)
  },
  { reopen: () => sqliteStore(handle) },
)

testStore(
  'sqlStore({ db, dialect })',
  () => {
    handle = new DatabaseSync(':memory:')
    return sqlStore({ db: kyselyOver(handle), dialect: 'sqlite' })
  },
  { reopen: () => sqlStore({ db: kyselyOver(handle), dialect: 'sqlite' }) },
)
