import type { MailEvent } from '@bouncy/core'
import { sqlStore } from '@bouncy/sql'
import type { SqlStore } from '@bouncy/sql/sqlite'
import type { Kysely, Transaction } from 'kysely'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { batchOf, bounce, handled, NOW, suppressing } from './batches.ts'
import { proxyTo } from './proxy.ts'
import { type Server, waitsForLock } from './servers.ts'
import { bouncyOver, send } from './toy.ts'
import type { Shop } from './words.ts'

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

/** A long list of recipients, of whom every 97th is suppressed. */
const MANY = range(50_000).map((index) => `recipient${index}@example.com`)
const isSuppressed = (_: string, index: number): boolean => index % 97 === 0

/** From here on nobody is given up, until `outwait`. */
const stopTimers = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

/** Lets what can be sent be sent, then 30 seconds pass at once. */
async function outwait(): Promise<void> {
  for (let index = 0; index < 50; index += 1) await new Promise(setImmediate)
  await vi.advanceTimersByTimeAsync(30_000)
  vi.useRealTimers()
}

/** What holds of every server, besides what the kit asks of every store. */
export function describeServer(server: Server): void {
  /** Uses a store, and closes it. */
  async function using<T>(store: SqlStore, work: (store: SqlStore) => Promise<T>): Promise<T> {
    try {
      return await work(store)
    } finally {
      await store.close()
    }
  }

  describe(`${server.name}: recipients`, { timeout: 30_000 }, () => {
    it('are checked in seven round trips, though they are fifty thousand, and as many erased ones', async () => {
      await server.empty()
      const queries: string[] = []
      const db = server.kysely(({ level, query }) => {
        if (level === 'query') queries.push(query.sql)
      })
      await using(sqlStore({ db, dialect: server.dialect }), async (store) => {
        const bouncy = bouncyOver(store)
        await bouncy.suppress(
          MANY.filter(isSuppressed).map((address) => ({ address, reason: 'manual', actor: 'support' })),
        )
        queries.length = 0
        const { deliverable, suppressed } = await bouncy.filterRecipients(MANY)
        expect(queries).toHaveLength(7)
        expect(suppressed.map(({ address }) => address)).toEqual(MANY.filter(isSuppressed))
        expect(deliverable).toHaveLength(MANY.length - suppressed.length)
      })
      await server.empty()
    })
  })

  describe(`${server.name}: counts by day`, { timeout: 30_000 }, () => {
    it('make nobody wait for another process', async () => {
      await server.empty()
      await using(server.store(), (store) => store.record(batchOf('first')))
      const { id } = await daily(server).executeTakeFirstOrThrow()
      const session = await server.begin()
      await session.query(`update bouncy_daily set events = events + 1 where id = '${id}'`)
      await using(server.store(), async (store) => {
        await store.record(batchOf('second'))
        expect(await daily(server).execute()).toHaveLength(2)
        await session.commit()
        expect(await store.daily({ from: '2026-11-01', to: '2026-11-01' })).toMatchObject([{ events: 3 }])
      })
    })
  })

  describe(`${server.name}: migrations`, { timeout: 30_000 }, () => {
    it('wait for migrate(), and say so', async () => {
      await server.drop()
      await using(server.storeByUrl(), async (store) => {
        await expect(store.record(batchOf('kim'))).rejects.toThrow(
          /^\[bouncy\/sql\] the tables are missing .* call the store's migrate\(\) once, or pass { migrate: 'auto' }/,
        )
        await expect(store.events({})).rejects.toThrow(/migrate\(\)/)
        await store.migrate()
        await store.migrate()
        expect((await store.record(batchOf('kim'))).events[0]?.state).toBe('new')
      })
      await using(server.storeByUrl(), async (store) => {
        expect((await store.events({})).items).toHaveLength(1)
      })
    })

    it('run by themselves if they are asked to, also where several start at once', async () => {
      await server.drop()
      const stores = range(8).map((index) =>
        index % 2 === 0 ? server.store() : server.storeByUrl({ migrate: 'auto' }),
      )
      const results = await Promise.all(stores.map((store) => store.record(batchOf('kim'))))
      expect(results.map((result) => result.events[0]?.state).sort()).toEqual([
        'new',
        ...Array(7).fill('settled'),
      ])
      await Promise.all(stores.map((store) => store.close()))
    })

    it('leave the tables of others alone', async () => {
      await server.kysely().insertInto('shop_words').values({ word: 'kept' }).execute()
      await using(server.store(), (store) => store.migrate())
      expect(await server.kysely().selectFrom('shop_words').selectAll().execute()).toEqual([{ word: 'kept' }])
      await server.empty()
    })
  })

  describe(`${server.name}: connections`, { timeout: 30_000 }, () => {
    it('stay open where the pool was handed in, and are closed where it was not', async () => {
      await using(server.store(), (store) => store.events({}))
      await using(server.store(), (store) => store.events({}))
      const before = await server.connections()
      const store = server.storeByUrl()
      await Promise.all(range(4).map((index) => store.events({ limit: index + 1 })))
      expect(await server.connections()).toBeGreaterThan(before)
      await store.close()
      await vi.waitFor(async () => expect(await server.connections()).toBe(before), 5_000)
    })

    it('that break are replaced: the next record succeeds', async () => {
      await server.empty()
      for (const store of [server.store(), server.storeByUrl()]) {
        await using(store, async () => {
          for (const id of ['a', 'b', 'c']) {
            await Promise.all(range(6).map((index) => store.events({ limit: index + 1 })))
            await server.killConnections()
            expect((await store.record(batchOf(id))).events).toHaveLength(1)
            await server.killConnections()
            expect((await store.events({})).items.length).toBeGreaterThan(0)
          }
        })
      }
    })

    it('may break under load, and nothing that was acknowledged is lost', async () => {
      await server.empty()
      await using(server.storeByUrl(), async (store) => {
        await store.events({})
        const acknowledged: string[] = []
        let next = 0
        async function work(): Promise<void> {
          while (next < 600) {
            const id = `k${next}`
            next += 1
            await store.record(batchOf(id)).then(
              () => acknowledged.push(id),
              () => {},
            )
            if (next % 100 === 0) await server.killConnections()
          }
        }
        await Promise.all(range(16).map(work))
        await store.record(batchOf('last'))
        expect(acknowledged.length).toBeGreaterThan(300)
        const kept = await store.findSuppressions(acknowledged.map((id) => `${id}@example.com`))
        expect(kept).toHaveLength(acknowledged.length)
      })
    })

    it('that have gone silent are given up, and what comes next goes over others', async () => {
      await server.empty()
      const proxy = await proxyTo(server.port)
      await proxy.open()
      const store = server.storeByUrl({}, proxy.port)
      await store.record(batchOf('before'))
      proxy.forget()
      stopTimers()
      const records = ['a', 'b', 'c'].map((id) => store.record(batchOf(id)))
      const settled = Promise.allSettled(records)
      // the first is in a group of its own, the others gather behind it
      await outwait()
      const outcomes = await settled
      expect(outcomes.filter(({ status }) => status === 'rejected')).not.toEqual([])
      for (const one of outcomes) {
        if (one.status === 'rejected') expect(String(one.reason)).toMatch(/has not answered for 30 seconds/)
      }
      const again = await Promise.all(['a', 'b', 'c'].map((id) => store.record(batchOf(id))))
      expect(again.flatMap(({ events }) => events)).toHaveLength(3)
      await proxy.close()
      await store.close()
    })

    it('that have gone silent leave their places in the pool, though all of them were taken', async () => {
      await server.empty()
      const proxy = await proxyTo(server.port)
      await proxy.open()
      const store = server.storeByUrl({}, proxy.port)
      const listings = () => range(10).map((index) => store.events({ limit: index + 1 }))
      await Promise.all(listings())
      proxy.forget()
      stopTimers()
      const asked = Promise.allSettled(listings())
      await outwait()
      expect(new Set((await asked).map(({ status }) => status))).toEqual(new Set(['rejected']))
      expect((await store.record(batchOf('after'))).events).toMatchObject([{ state: 'new' }])
      await store.close()
      await proxy.close()
    })

    it('that wait for a lock are given up, and nothing is left waiting on the server', async () => {
      await server.empty()
      const store = server.storeByUrl()
      await store.record(batchOf('a'))
      const session = await server.begin()
      await session.query("update bouncy_addresses set marks = marks where address = 'a@example.com'")
      const lift = { kind: 'lift', at: NOW + 1, actor: 'support' } as const
      stopTimers()
      const recording = store.record({ ...batchOf(), marks: [{ key: 'a@example.com', mark: lift }] })
      const refused = expect(recording).rejects.toThrow(/has not answered for 30 seconds/)
      await waitsForLock(server)
      await outwait()
      await refused
      await vi.waitFor(async () => expect(await server.waiting()).toBe(0), { timeout: 5_000, interval: 150 })
      await session.commit()
      expect(await store.findSuppressions(['a@example.com'])).toHaveLength(1)
      await store.close()
    })

    it('that have gone silent are given up before a handler has one', async () => {
      await server.empty()
      const proxy = await proxyTo(server.port)
      await proxy.open()
      const store = server.storeByUrl({}, proxy.port)
      await store.record({ ...batchOf(), events: [{ ...handled('a'), settled: false }] })
      proxy.forget()
      stopTimers()
      const work = vi.fn(async () => {})
      const refused = expect(store.settleWith('toy_a', work)).rejects.toThrow(
        /has not answered for 30 seconds/,
      )
      await outwait()
      await refused
      await store.settleWith('toy_a', work)
      expect(work).toHaveBeenCalledTimes(1)
      await store.close()
      await proxy.close()
    })

    it('that go silent under a handler are given up once it has ended', async () => {
      await server.empty()
      const proxy = await proxyTo(server.port)
      await proxy.open()
      const store = server.storeByUrl({}, proxy.port)
      await store.record({ ...batchOf(), events: [{ ...handled('a'), settled: false }] })
      const { promise: ending, resolve: end } = Promise.withResolvers<void>()
      const settling = store.settleWith('toy_a', async () => {
        stopTimers()
        proxy.forget()
        end()
      })
      const refused = expect(settling).rejects.toThrow(/has not answered for 30 seconds/)
      await ending
      await outwait()
      await refused
      expect((await store.events({ state: 'unsettled' })).items).toHaveLength(1)
      await proxy.close()
      await store.close()
    })

    it('that cannot be made fail with what the driver says, and are made once they can', async () => {
      const proxy = await proxyTo(server.port)
      await using(server.storeByUrl({}, proxy.port), async (store) => {
        await expect(store.record(batchOf('early'))).rejects.toMatchObject({ code: 'ECONNREFUSED' })
        await proxy.open()
        expect((await store.record(batchOf('early'))).events).toMatchObject([{ state: 'new' }])
        await proxy.close()
        await expect(store.record(batchOf('late'))).rejects.toMatchObject({ code: 'ECONNREFUSED' })
        await expect(store.events({})).rejects.toMatchObject({ code: 'ECONNREFUSED' })
        await proxy.open()
        expect((await store.record(batchOf('late'))).events).toMatchObject([{ state: 'new' }])
      })
      await proxy.close()
    })
  })

  describe(`${server.name}: several at once`, { timeout: 30_000 }, () => {
    it('lose no mark, count every change, and do not stand in each other’s way', async () => {
      await server.empty()
      const stores = range(8).map(() => server.store())
      const keys = range(10).map((index) => `k${index}@example.com`)
      const results = await Promise.all(
        range(50).map((index) => {
          // each in an order of its own, and each one other than the one before
          const turned = keys.map((_, place) => keys[(place * 3 + index * 7) % 10] ?? '')
          const store = stores[index % 8] as SqlStore
          return store.record({
            ...batchOf(`own${index}`, `shared${index % 5}`),
            marks: turned.map((key) => {
              const { mark } = suppressing('x', key)
              return { key, mark: { ...mark, id: `by-${index}`, scope: { stream: `s${index}` } } as never }
            }),
          })
        }),
      )
      const fresh = results.flatMap((result) => result.events.filter((one) => one.state === 'new'))
      expect(fresh).toHaveLength(55)
      const [store] = stores
      for (const key of keys) {
        expect(await store?.findSuppressions([key]), key).toHaveLength(50)
        expect((await store?.audit({ address: key, limit: 1000 }))?.items, key).toHaveLength(50)
      }
      await Promise.all(stores.map((one) => one.close()))
    })

    it('begin again where the database ended a deadlock at their cost', async () => {
      await server.empty()
      await using(server.store(), async (store) => {
        await store.record(batchOf('a', 'b'))
        const session = await server.begin()
        // more work than ours, so that ours is what is given up
        for (const index of range(30)) await session.query(`insert into shop_words values ('w${index}')`)
        await session.query("update bouncy_addresses set marks = marks where address = 'b@example.com'")
        const lift = { kind: 'lift', at: NOW + 1, actor: 'support' } as const
        const marks = ['a', 'b'].map((id) => ({ key: `${id}@example.com`, mark: lift }))
        const recording = store.record({ ...batchOf(), marks })
        await waitsForLock(server)
        await session.query("update bouncy_addresses set marks = marks where address = 'a@example.com'")
        await session.commit()
        await recording
        expect(await store.findSuppressions(['a@example.com', 'b@example.com'])).toEqual([])
        expect((await store.audit({})).items).toHaveLength(4)
      })
    })

    it('share a commit within one store', async () => {
      await server.empty()
      const commits: string[] = []
      const db = server.kysely(({ query }) => {
        if (query.sql === 'commit') commits.push(query.sql)
      })
      const store = sqlStore({ db, dialect: server.dialect })
      await store.events({})
      commits.length = 0
      await Promise.all(range(100).map((index) => store.record(batchOf(`k${index}`))))
      expect(commits.length).toBeLessThanOrEqual(2)
      await store.close()
    })

    describe('keep in the moment in which it is pruned', () => {
      const limits = {
        now: NOW + 5,
        rawBefore: 0,
        eventsBefore: NOW + 5,
        quarantinedBefore: 0,
        addressesBefore: 0,
        auditBefore: 0,
        redact: (event: MailEvent) => event,
      }

      it('an event that came again', async () => {
        await server.empty()
        await using(server.store(), async (store) => {
          await store.record(batchOf('a'))
          const session = await server.begin()
          await session.query(`update bouncy_events set received_at = ${NOW + 9}`)
          const pruning = store.prune(limits)
          await waitsForLock(server)
          await session.commit()
          expect(await pruning).toMatchObject({ events: 0 })
        })
      })

      it('a token that is to be valid for longer', async () => {
        await server.empty()
        await using(server.store(), async (store) => {
          await store.record({ ...batchOf(), tokens: [{ id: 'toy_t', binding: 'body', until: NOW }] })
          const session = await server.begin()
          await session.query(`update bouncy_tokens set keep_until = ${NOW + 9}`)
          expect(await store.prune(limits)).toMatchObject({ tokens: 0 })
          await session.commit()
          expect(await store.prune(limits)).toMatchObject({ tokens: 0 })
        })
      })
    })

    it('leave an event that somebody else has just claimed to them', async () => {
      await server.empty()
      await using(server.store(), async (store) => {
        const events = ['a', 'b'].map((id) => ({ ...handled(id), settled: false }))
        await store.record({ ...batchOf(), events, leaseUntil: NOW })
        const session = await server.begin()
        await session.query("select id from bouncy_waiting where id = 'toy_a' for update")
        const claimed = await store.claim({ now: NOW, dueBy: NOW, leaseUntil: NOW + 9, limit: 10 })
        expect(claimed.map(({ event }) => event.id)).toEqual(['toy_b'])
        await session.commit()
      })
    })
  })

  describe(`${server.name}: transactions of handlers`, { timeout: 30_000 }, () => {
    afterEach(() => void vi.useRealTimers())

    it('keep nobody waiting', async () => {
      await server.empty()
      await using(server.store(), async (store) => {
        await store.record({ ...batchOf(), events: [{ ...handled('a'), settled: false }] })
        await store.settleWith('toy_a', async (transaction) => {
          await (transaction as Transaction<Shop>).insertInto('shop_words').values({ word: 'a' }).execute()
          expect((await store.record(batchOf('b'))).events).toMatchObject([{ state: 'new' }])
          expect((await store.events({ state: 'unsettled' })).items).toHaveLength(1)
        })
        expect((await store.events({ state: 'settled' })).items).toHaveLength(2)
      })
    })

    it('write exactly once, though handlers fail and events come again', async () => {
      await server.empty()
      await using(server.store(), async (store) => {
        const bouncy = bouncyOver(store)
        bouncy.on('bounce', async (event, { attempt, transaction }) => {
          const trx = (await transaction()) as Transaction<Shop>
          await trx.insertInto('shop_words').values({ word: event.id }).execute()
          if (attempt < 3) throw new Error('not yet')
        })
        const events = range(10).map((index) => bounce(`k${index}`))
        const replies = []
        for (const _ of range(4)) replies.push((await send(bouncy, ...events)).status)
        expect(replies).toEqual([503, 503, 200, 200])
        const words = await server.kysely().selectFrom('shop_words').selectAll().execute()
        expect(words.map(({ word }) => word).sort()).toEqual(events.map(({ id }) => id).sort())
      })
    })

    it('leave nothing behind of handlers that go on writing after one of them has failed', async () => {
      await server.empty()
      await using(server.store(), async (store) => {
        const bouncy = bouncyOver(store)
        let writing: Promise<void> | undefined
        bouncy.on('bounce', async (_, { transaction }) => {
          const trx = (await transaction()) as Transaction<Shop>
          const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
          async function write(): Promise<void> {
            for (const word of range(500).map(String)) {
              await trx.insertInto('shop_words').values({ word }).execute()
              begin()
            }
          }
          writing = expect(write()).rejects.toThrow(/the transaction is over|already rolled back/)
          await begun
          throw new Error('not yet')
        })
        expect((await send(bouncy, bounce('a'))).status).toBe(503)
        await writing
        expect(await server.kysely().selectFrom('shop_words').selectAll().execute()).toEqual([])
      })
    })

    it('do not hang where the pool has no connection left', async () => {
      await server.empty()
      const { store, end } = server.storeOverOne()
      await store.record({ ...batchOf(), events: [{ ...handled('a'), settled: false }] })
      const { promise: inside, resolve: enter } = Promise.withResolvers<void>()
      const settling = store.settleWith('toy_a', async () => {
        vi.useFakeTimers({ toFake: ['setTimeout'] })
        const asking = store.findSuppressions(['a@example.com'])
        enter()
        await asking
      })
      const refused = expect(settling).rejects.toThrow(
        /^\[bouncy\/sql\] no connection was free for 5 seconds/,
      )
      await inside
      await vi.advanceTimersByTimeAsync(5_000)
      await refused
      vi.useRealTimers()
      expect((await store.events({ state: 'unsettled' })).items).toHaveLength(1)
      await store.close()
      await end()
    })
  })
}

const daily = (server: Server) =>
  (server.kysely() as unknown as Kysely<{ bouncy_daily: { id: string } }>)
    .selectFrom('bouncy_daily')
    .select('id')
