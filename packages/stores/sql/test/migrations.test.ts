import { DatabaseSync } from 'node:sqlite'
import { sqlStore } from '@bouncy/sql'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { Database } from '../src/tables.ts'
import { batchOf } from './batches.ts'
import { writeSteps } from './before-waiting.ts'
import { freshPaths, kyselyOver } from './places.ts'

const freshPath = freshPaths()

describe('migrations', () => {
  it('run by themselves in SQLite', async () => {
    const store = sqliteStore(freshPath())
    await store.record(batchOf('kim'))
    expect((await store.events({})).items).toHaveLength(1)
    await store.close()
  })

  it('wait for migrate() where they are manual, and say so', async () => {
    const path = freshPath()
    const store = sqliteStore(path, { migrate: 'manual' })
    await expect(store.record(batchOf('kim'))).rejects.toThrow(
      /^\[bouncy\/sql\] .*call the store's migrate\(\)/,
    )
    await expect(store.findSuppressions(['kim@example.com'])).rejects.toThrow(/migrate\(\)/)
    const other = new DatabaseSync(path)
    expect(other.prepare("select name from sqlite_master where name = 'bouncy_events'").all()).toEqual([])
    other.close()
    await store.migrate()
    await store.migrate()
    expect((await store.record(batchOf('kim'))).events[0]?.state).toBe('new')
    await store.close()
  })

  it('are not asked for again where they have been done', async () => {
    const path = freshPath()
    const first = sqliteStore(path)
    await first.record(batchOf('kim'))
    await first.close()
    const store = sqliteStore(path, { migrate: 'manual' })
    expect((await store.record(batchOf('kim'))).events[0]?.state).toBe('settled')
    await store.close()
  })

  it('ask for the newest step, not only for some', async () => {
    const path = freshPath()
    const store = sqliteStore(path)
    await store.migrate()
    await store.close()
    const other = new DatabaseSync(path)
    const { changes } = other
      .prepare('delete from bouncy_migrations where name = (select max(name) from bouncy_migrations)')
      .run()
    other.close()
    expect(changes).toBe(1)
    const old = sqliteStore(path, { migrate: 'manual' })
    await expect(old.events({})).rejects.toThrow(/older than this version/)
    await old.close()
  })

  it.each([1, 2, 3])('may be broken off before they are written down (%i)', async (steps) => {
    const db = kyselyOver(new DatabaseSync(':memory:'))
    await writeSteps(db as unknown as Database, 'sqlite', steps)
    await sql`delete from bouncy_migrations where name = (select max(name) from bouncy_migrations)`.execute(
      db,
    )
    const store = sqlStore({ db, dialect: 'sqlite' })
    expect((await store.record(batchOf('kim'))).events[0]?.state).toBe('new')
  })

  it.each([
    ['sqliteStore', (path: string) => sqliteStore(path)],
    ['sqlStore', (path: string) => sqlStore({ db: kyselyOver(new DatabaseSync(path)), dialect: 'sqlite' })],
  ])('may be started many times at once (%s)', async (_, open) => {
    const path = freshPath()
    const stores = Array.from({ length: 8 }, () => open(path))
    await Promise.all(stores.map((store) => store.migrate()))
    const results = await Promise.all(stores.map((store) => store.record(batchOf('kim'))))
    expect(results.map((result) => result.events[0]?.state).sort()).toEqual([
      'new',
      ...Array(7).fill('settled'),
    ])
    await Promise.all(stores.map((store) => store.close()))
  })

  it('run over a Kysely of your own, beside its tables and under its plugins', async () => {
    const database = new DatabaseSync(':memory:')
    database.exec('create table shop_orders (id integer primary key)')
    const db = kyselyOver(database)
    const store = sqlStore({ db, dialect: 'sqlite' })
    await store.record(batchOf('kim'))
    await db.insertInto('shop_orders').values({ id: 7 }).execute()
    await store.close()
    expect(await db.selectFrom('shop_orders').select('id').execute()).toEqual([{ id: 7 }])
    expect(await store.events({}).catch((error: Error) => error.message)).toContain('close() was called')
  })
})

describe('sqlStore refuses', () => {
  const db = kyselyOver(new DatabaseSync(':memory:'))
  it.each([
    ['no Kysely', () => sqlStore({ db: {} as never, dialect: 'sqlite' }), 'db: give an instance of Kysely'],
    [
      'a dialect that is not spoken',
      () => sqlStore({ db, dialect: 'oracle' as never }),
      "dialect: give one of 'sqlite'",
    ],
    [
      'a name that every object has',
      () => sqlStore({ db, dialect: 'toString' as never }),
      'dialect: give one of',
    ],
    [
      'an option that does not exist',
      () => sqlStore({ db, dialect: 'sqlite' }, { schema: 'x' } as never),
      'schema: remove it',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(`[bouncy/sql] ${message}`)
  })
})
