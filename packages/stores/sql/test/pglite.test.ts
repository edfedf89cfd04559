import { sqlStore } from '@bouncy/sql'
import { testStore } from '@bouncy/testkit'
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect } from 'kysely'
import { afterAll, beforeAll } from 'vitest'
import { TABLES } from './tables.ts'
import { type Shop, wordsOver } from './words.ts'

const pglite = new PGlite()
const db = new Kysely<Shop>({ dialect: new PGliteDialect({ pglite }) })
const open = () => sqlStore({ db, dialect: 'postgres' }, { migrate: 'auto' })

beforeAll(async () => {
  await pglite.exec('create table shop_words (word text not null)')
  await open().migrate()
}, 60_000)
afterAll(() => db.destroy())

testStore(
  'sqlStore over PGlite',
  async () => {
    await pglite.exec(TABLES.map((table) => `delete from ${table}`).join('; '))
    return open()
  },
  { reopen: open, transactions: wordsOver(() => db.selectFrom('shop_words').selectAll().execute()) },
)
