import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { sqlStore } from '@bouncy/sql'
import { type SqlStore, sqliteStore } from '@bouncy/sql/sqlite'
import { CamelCasePlugin, type Kysely, sql, type Transaction } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { batchOf, bounce, handled } from './batches.ts'
import { freshPaths, kyselyOver } from './places.ts'
import { bouncyOver, send } from './toy.ts'
import { createWords, type Shop } from './words.ts'

const freshPath = freshPaths()

describe('a handler that writes through its transaction', () => {
  let path: string
  let store: SqlStore

  beforeEach(() => {
    path = freshPath()
    const database = new DatabaseSync(path)
    createWords(database)
    database.close()
    store = sqliteStore(path)
  })
  afterEach(async () => {
    vi.useRealTimers()
    await store.close()
  })

  function words(): readonly unknown[] {
    const database = new DatabaseSync(path)
    const rows = database.prepare('select word from shop_words').all()
    database.close()
    return rows.map((row) => row.word)
  }

  it('writes exactly once, though it fails and the event comes again', async () => {
    const bouncy = bouncyOver(store)
    const attempts: number[] = []
    bouncy.on('bounce', async (event, { attempt, transaction }) => {
      attempts.push(attempt)
      const trx = (await transaction()) as Transaction<Shop>
      await trx.insertInto('shop_words').values({ word: event.id }).execute()
      if (attempt < 3) throw new Error('not yet')
    })
    const replies = []
    for (let index = 0; index < 5; index += 1) replies.push((await send(bouncy, bounce('a'))).status)
    expect(replies).toEqual([503, 503, 200, 200, 200])
    expect(attempts).toEqual([1, 2, 3])
    expect(words()).toEqual(['toy_a'])
  })

  it('fails alone where the database refuses its commit', async () => {
    const database = new DatabaseSync(path)
    database.exec(`
      create table shop_authors (name text primary key);
      create table shop_letters (author text references shop_authors (name) deferrable initially deferred)`)
    database.close()
    const bouncy = bouncyOver(store)
    let refused = true
    bouncy.on('bounce', async (event, { transaction }) => {
      if (event.id !== 'toy_b') return
      const trx = (await transaction()) as Transaction<Shop>
      // checked when the transaction commits
      if (refused) await sql`insert into shop_letters values ('nobody')`.execute(trx)
      else await trx.insertInto('shop_words').values({ word: event.id }).execute()
    })
    const sent = [bounce('a'), bounce('b'), bounce('c')]
    expect((await send(bouncy, ...sent)).status).toBe(503)
    await vi.waitFor(async () => {
      const unsettled = (await bouncy.events({ state: 'unsettled' })).items.map(({ id }) => id)
      expect(unsettled).toEqual(['toy_b'])
    })
    refused = false
    expect((await send(bouncy, ...sent)).status).toBe(200)
    expect(words()).toEqual(['toy_b'])
  })

  it('keeps others waiting in the meantime, and loses nothing of theirs', async () => {
    await store.record({ ...batchOf(), events: [{ ...handled('a'), settled: false }] })
    let recorded = false
    let recording: Promise<unknown> | undefined
    await store.settleWith('toy_a', async (transaction) => {
      recording = store.record(batchOf('b')).then(() => {
        recorded = true
      })
      await (transaction as Transaction<Shop>).insertInto('shop_words').values({ word: 'a' }).execute()
      expect(recorded).toBe(false)
    })
    await recording
    expect(words()).toEqual(['a'])
    expect((await store.events({})).items.map(({ id }) => id)).toEqual(['toy_b', 'toy_a'])
  })

  it('shows nobody the suppressions that it has not committed', async () => {
    await store.record({ ...batchOf(), events: [{ ...handled('a'), settled: false }] })
    let asking: Promise<readonly unknown[]> | undefined
    const failing = store.settleWith('toy_a', async (transaction) => {
      const data = JSON.stringify({ address: 'kim@example.com' })
      await sql`insert into bouncy_suppressions (address, place, reason, data)
        values ('kim@example.com', 'manual', 'manual', ${data})`.execute(transaction as Transaction<Shop>)
      asking = store.findSuppressions(['kim@example.com'])
      throw new Error('the handler failed')
    })
    await expect(failing).rejects.toThrow('the handler failed')
    expect(await asking).toEqual([])
  })

  it('is told so where it asks bouncy inside, instead of waiting for ever', async () => {
    const bouncy = bouncyOver(store)
    const errors: unknown[] = []
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
    bouncy.on('bounce', async ({ id }, { attempt, transaction }) => {
      const trx = (await transaction()) as Transaction<Shop>
      await trx.insertInto('shop_words').values({ word: id }).execute()
      if (attempt > 1) return
      vi.useFakeTimers({ toFake: ['setTimeout'] })
      const asking = bouncy.isSuppressed('kim@example.com').catch((error: Error) => {
        errors.push(error.message)
        throw error
      })
      ask()
      await asking
    })
    const reply = send(bouncy, bounce('a'))
    await asked
    // its deadline may begin a turn of the event loop later
    let answered = false
    const done = reply.finally(() => {
      answered = true
    })
    while (!answered) {
      await vi.advanceTimersByTimeAsync(1_000)
      await setImmediate()
    }
    expect((await done).status).toBe(503)
    expect(errors).toEqual([
      expect.stringMatching(/^\[bouncy\/sql\] no connection was free for 5 seconds.*bouncy/),
    ])
    expect(words()).toEqual([])
    vi.useRealTimers()
    expect((await send(bouncy, bounce('a'))).status).toBe(200)
    expect(words()).toEqual(['toy_a'])
  })
})

describe('the transaction of a Kysely of your own', () => {
  it('has its plugins', async () => {
    const database = new DatabaseSync(':memory:')
    createWords(database)
    const plain = kyselyOver(database)
    const db = plain.withPlugin(new CamelCasePlugin()) as unknown as Kysely<{ shopWords: { word: string } }>
    const store = sqlStore({ db, dialect: 'sqlite' })
    await store.record({ ...batchOf(), events: [{ ...handled('a'), settled: false }] })
    await store.settleWith('toy_a', async (transaction) => {
      const trx = transaction as Transaction<{ shopWords: { word: string } }>
      await trx.insertInto('shopWords').values({ word: 'a' }).execute()
    })
    expect(await db.selectFrom('shopWords').selectAll().execute()).toEqual([{ word: 'a' }])
    expect((await store.events({ state: 'settled' })).items).toHaveLength(1)
  })
})
