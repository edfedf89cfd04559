import { copyFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { sqlStore } from '@bouncy/sql'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { describe, expect, it } from 'vitest'
import { batchOf, bounce, NOW } from './batches.ts'
import { freshPaths, kyselyOver } from './places.ts'
import { bouncyOver, send } from './toy.ts'

const freshPath = freshPaths()
const level = (database: DatabaseSync): unknown => database.prepare('pragma synchronous').get()?.synchronous

describe('sqliteStore(path)', () => {
  it('writes ahead to a log that others can read while it is open', async () => {
    const path = freshPath()
    const store = sqliteStore(path)
    await store.record(batchOf('kim'))
    const other = new DatabaseSync(path)
    expect(other.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' })
    expect(other.prepare('select id from bouncy_events').all()).toEqual([{ id: 'toy_kim' }])
    other.close()
    await store.close()
  })

  it('leaves one file behind when it is closed', async () => {
    const path = freshPath()
    const store = sqliteStore(path)
    await store.record(batchOf('kim'))
    await store.close()
    const copy = new DatabaseSync(path, { readOnly: true })
    expect(copy.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
    expect(copy.prepare('select count(*) as n from bouncy_events').get()).toEqual({ n: 1 })
    copy.close()
  })

  it('waits for another writer without holding up the event loop', async () => {
    const path = freshPath()
    const store = sqliteStore(path)
    await store.migrate()
    const other = new DatabaseSync(path)
    other.exec('begin immediate')
    let recorded = false
    const recording = store.record(batchOf('kim')).then(() => {
      recorded = true
    })
    for (let tick = 0; tick < 20; tick += 1) await setTimeout(1)
    expect(recorded).toBe(false)
    other.exec('commit')
    await recording
    expect(recorded).toBe(true)
    other.close()
    await store.close()
  })

  it.each(['deleted', 'replaced'])('acknowledges nothing once its file is %s', async (what) => {
    const path = freshPath()
    const store = sqliteStore(path)
    const bouncy = bouncyOver(store)
    expect((await send(bouncy, bounce('a'))).status).toBe(200)
    if (what === 'deleted') rmSync(path)
    else {
      copyFileSync(path, `${path}.copy`)
      renameSync(`${path}.copy`, path)
    }
    expect((await send(bouncy, bounce('b'))).status).toBe(503)
    await expect(store.record(batchOf('c'))).rejects.toThrow(/the file was deleted or replaced/)
    await bouncy.close()
  })

  it('takes an event again whose next attempt is as far off as can be', async () => {
    const never = Number.MAX_SAFE_INTEGER
    const store = sqliteStore(':memory:')
    const bouncy = bouncyOver(store, Date.now, { retry: { firstMs: never, maxMs: never } })
    bouncy.on('bounce', (_, { attempt }) => {
      if (attempt < 2) throw new Error('not yet')
    })
    expect((await send(bouncy, bounce('a'))).status).toBe(503)
    expect((await send(bouncy, bounce('a'))).status).toBe(200)
    await bouncy.close()
  })

  it('knows a token again that no database stores as it is', async () => {
    const store = sqliteStore(':memory:')
    const spend = (binding: string) =>
      store.record({ ...batchOf(), tokens: [{ id: 'toy_\ud800', binding, until: NOW }] })
    expect(await spend('body')).toMatchObject({ tokenReused: false })
    expect(await spend('body')).toMatchObject({ tokenReused: false })
    expect(await spend('another body')).toMatchObject({ tokenReused: true })
    await store.close()
  })

  it('refuses to be used after it was closed', async () => {
    const store = sqliteStore(freshPath())
    await store.record(batchOf('kim'))
    await store.close()
    await expect(store.record(batchOf('ann'))).rejects.toThrow(/^\[bouncy\/sql\] close\(\) was called/)
    await expect(store.events({})).rejects.toThrow(/close\(\) was called/)
  })
})

describe('sqliteStore(DatabaseSync)', () => {
  it('leaves the handle open, and other tables alone', async () => {
    const handle = new DatabaseSync(':memory:')
    handle.exec('create table shop_orders (id integer primary key); insert into shop_orders values (7)')
    const store = sqliteStore(handle)
    await store.record(batchOf('kim'))
    await store.close()
    expect(handle.prepare('select id from shop_orders').all()).toEqual([{ id: 7 }])
    const tables = handle.prepare("select name from sqlite_master where type = 'table' order by name").all()
    expect(tables.map((table) => table.name)).toEqual([
      'bouncy_addresses',
      'bouncy_audit',
      'bouncy_daily',
      'bouncy_events',
      'bouncy_migrations',
      'bouncy_migrations_lock',
      'bouncy_quarantined',
      'bouncy_suppressions',
      'bouncy_tokens',
      'bouncy_waiting',
      'shop_orders',
    ])
    handle.close()
  })

  it('changes nothing of it but what would lose what was acknowledged, or keep what was removed', async () => {
    for (const [before, after] of [
      ['off', 2],
      ['normal', 2],
      ['full', 2],
      ['extra', 3],
    ] as const) {
      const handle = new DatabaseSync(freshPath())
      handle.exec(`pragma journal_mode = truncate; pragma synchronous = ${before}; pragma busy_timeout = 77`)
      await sqliteStore(handle).record(batchOf('kim'))
      expect(level(handle), before).toBe(after)
      expect(handle.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'truncate' })
      expect(handle.prepare('pragma busy_timeout').get()).toEqual({ timeout: 77 })
      expect(handle.prepare('pragma secure_delete').get()).toEqual({ secure_delete: 1 })
      handle.close()
    }
  })

  it('passes on what the database says, and goes on when it can', async () => {
    const handle = new DatabaseSync(freshPath())
    const store = sqliteStore(handle)
    await store.migrate()
    const { page_count: pages } = handle.prepare('pragma page_count').get() as { page_count: number }
    handle.exec(`pragma max_page_count = ${pages}`)
    const large = batchOf(...Array.from({ length: 200 }, (_, index) => `k${index}`))
    await expect(store.record(large)).rejects.toThrow('database or disk is full')
    expect((await store.events({})).items).toEqual([])
    handle.exec('pragma max_page_count = 100000')
    expect((await store.record(large)).events.every((event) => event.state === 'new')).toBe(true)
    handle.close()
    await expect(store.record(batchOf('ann'))).rejects.toThrow(/finalized|not open/)
  })
})

describe('a Kysely of somebody else’s', () => {
  it('does a transaction again that others have overtaken since it read', async () => {
    const path = freshPath()
    const other = new DatabaseSync(path)
    other.exec('pragma journal_mode = wal; create table shop_words (word text)')
    let overtaken = 0
    const db = kyselyOver(new DatabaseSync(path), ({ query }) => {
      if (!/^select .* from "bouncy_addresses"/.test(query.sql) || overtaken > 2) return
      overtaken += 1
      other.exec("insert into shop_words values ('later')")
    })
    const store = sqlStore({ db, dialect: 'sqlite' })
    await bouncyOver(store).suppress({ address: 'kim@example.com', reason: 'manual', actor: 'support' })
    expect(overtaken).toBe(3)
    expect(await store.findSuppressions(['kim@example.com'])).toHaveLength(1)
    expect((await store.audit({})).items).toHaveLength(1)
    await store.close()
    other.close()
  })
})

describe('a check of fifty thousand recipients', () => {
  it('takes ten statements, erased ones included', async () => {
    const queries: string[] = []
    const db = kyselyOver(new DatabaseSync(':memory:'), ({ level, query }) => {
      if (level === 'query') queries.push(query.sql)
    })
    const bouncy = bouncyOver(sqlStore({ db, dialect: 'sqlite' }))
    const many = Array.from({ length: 50_000 }, (_, index) => `recipient${index}@example.com`)
    await bouncy.suppress({ address: 'recipient49999@example.com', reason: 'manual' })
    queries.length = 0
    const { deliverable, suppressed } = await bouncy.filterRecipients(many)
    expect(queries.length).toBeLessThanOrEqual(10)
    expect(deliverable).toHaveLength(49_999)
    expect(suppressed).toMatchObject([{ address: 'recipient49999@example.com' }])
  })
})

describe('sqliteStore refuses', () => {
  it.each([
    ['no path', () => sqliteStore(undefined as never), 'path: give the name of a file'],
    ['an empty path', () => sqliteStore(' '), 'path: give the name of a file'],
    ['a number', () => sqliteStore(7 as never), 'path: give the name of a file'],
    [
      'a directory that does not exist',
      () => sqliteStore('/nowhere/bouncy.db'),
      'path: the file cannot be opened; does its directory exist',
    ],
    ['a directory', () => sqliteStore('/'), 'path: the file cannot be opened'],
    [
      'a migrate that means nothing',
      () => sqliteStore(':memory:', { migrate: 'yes' as never }),
      "migrate: give 'auto' or 'manual'",
    ],
    [
      'an option that does not exist',
      () => sqliteStore(':memory:', { wal: true } as never),
      'wal: remove it',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(`[bouncy/sql] ${message}`)
  })

  it('a file that is no database, at the first use', async () => {
    const path = freshPath()
    writeFileSync(path, 'this is a letter, not a database; '.repeat(100))
    const store = sqliteStore(path)
    await expect(store.record(batchOf('kim'))).rejects.toThrow('file is not a database')
    await store.close()
  })
})
