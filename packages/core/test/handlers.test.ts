import { type Bounce, createBouncy, type MailEvent, memoryStore, type Store } from '@bouncy/core'
import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { keepingLogger, post, toy } from './toy.ts'

const bounce = { type: 'bounce' } as const
const setUp = (options: object = {}) => createBouncy({ providers: [toy()], store: memoryStore(), ...options })

describe('handlers', () => {
  it('hear of each event once, by type and by *, however often it is sent', async () => {
    const bouncy = setUp()
    const heard: string[] = []
    bouncy.on('bounce', (event) => heard.push(`bounce ${event.bounceType}`))
    bouncy.on('*', (event) => heard.push(`* ${event.type}`))
    for (const _ of [1, 2, 3]) await bouncy.receive('toy', post([bounce, { type: 'delivery' }]))
    expect(heard.toSorted()).toEqual(['* bounce', '* delivery', 'bounce hard'])
  })

  it('know their event by its name', () => {
    const bouncy = setUp()
    bouncy.on('bounce', (event) => expectTypeOf(event).toEqualTypeOf<Bounce>())
    bouncy.on('*', (event) => expectTypeOf(event).toEqualTypeOf<MailEvent>())
    // @ts-expect-error there is no such event
    expect(() => bouncy.on('bounced', () => {})).toThrow(/give an event's type/)
    // @ts-expect-error a handler is a function
    expect(() => bouncy.on('bounce', undefined)).toThrow(/give a function/)
    // @ts-expect-error there is no such option
    expect(() => setUp({}).on('click', (event) => event.bounceType)).not.toThrow()
  })

  it('run once for twenty copies at the same time, and all copies wait for the outcome', async () => {
    const bouncy = setUp()
    const handler = vi.fn(() => new Promise((resolve) => setImmediate(resolve)))
    bouncy.on('bounce', handler)
    const replies = await Promise.all(Array.from({ length: 20 }, () => bouncy.receive('toy', post([bounce]))))
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([200]))
    expect(handler).toHaveBeenCalledTimes(1)
  })

  it('that throw are asked again at the redelivery, with the attempt, and never after they succeeded', async () => {
    const bouncy = setUp()
    const attempts: number[] = []
    bouncy.on('bounce', (_, { attempt }) => {
      attempts.push(attempt)
      if (attempt < 3) throw new Error('not yet')
    })
    const statuses: number[] = []
    for (const _ of [1, 2, 3, 4]) statuses.push((await bouncy.receive('toy', post([bounce]))).status)
    expect(statuses).toEqual([503, 503, 200, 200])
    expect(attempts).toEqual([1, 2, 3])
  })

  it('that fail for one event do not hold up the others of a batch', async () => {
    const bouncy = setUp({ logger: keepingLogger() })
    const heard: string[] = []
    bouncy.on('bounce', (event) => {
      if (event.recipient.startsWith('poison')) throw new Error('poison')
      heard.push(event.recipient)
    })
    const batch = ['poison@example.com', 'kim@example.com', 'lee@example.com'].map((to) => ({
      ...bounce,
      to,
    }))
    expect((await bouncy.receive('toy', post(batch))).status).toBe(503)
    expect(heard.toSorted()).toEqual(['kim@example.com', 'lee@example.com'])
    expect((await bouncy.receive('toy', post(batch))).status).toBe(503)
    expect(heard).toHaveLength(2)
  })

  it('can be removed, and their failure does not undo what was stored', async () => {
    const bouncy = setUp()
    const off = bouncy.on('bounce', () => {
      throw new Error('always')
    })
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(503)
    expect(await bouncy.isSuppressed('kim@example.com')).toBe(true)
    off()
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
  })

  it('are run by resume for what a failure left behind', async () => {
    const bouncy = setUp()
    let broken = true
    const heard: string[] = []
    bouncy.on('bounce', (event, { attempt }) => {
      if (broken) throw new Error('broken')
      heard.push(`${event.recipient} ${attempt}`)
    })
    const many = Array.from({ length: 250 }, (_, index) => ({ ...bounce, to: `r${index}@example.com` }))
    expect((await bouncy.receive('toy', post(many))).status).toBe(503)
    expect(await bouncy.resume()).toBe(0)
    broken = false
    expect(await bouncy.resume()).toBe(250)
    expect(new Set(heard).size).toBe(250)
    expect(heard[0]).toMatch(/ 3$/)
    expect(await bouncy.resume()).toBe(0)
  })

  it('of another process keep an event to themselves until their lease is over', async () => {
    const store = memoryStore()
    let at = 1_000_000
    const now = () => at
    const crashed = setUp({ store, now })
    crashed.on('bounce', () => new Promise(() => {}))
    void crashed.receive('toy', post([bounce]))
    const other = setUp({ store, now })
    const handler = vi.fn()
    other.on('bounce', handler)
    await vi.waitFor(async () => expect((await store.events({})).items).toHaveLength(1))
    expect((await other.receive('toy', post([bounce]))).status).toBe(503)
    expect(await other.resume()).toBe(0)
    at += 60_001
    expect(await other.resume()).toBe(1)
    expect(handler).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ type: 'bounce' }), {
      attempt: 2,
      signal: expect.any(AbortSignal),
      transaction: expect.any(Function),
    })
    expect((await other.receive('toy', post([bounce]))).status).toBe(200)
  })

  it('of a resume that takes long give back what failed before its lease is over, and leave it to whoever has it then', async () => {
    let clock = Date.parse('2026-11-22T12:00:00Z')
    const store = memoryStore()
    const process = () => setUp({ store, now: () => clock, logger: keepingLogger(), sweepEveryMs: false })
    const [first, second, other] = [process(), process(), process()]
    const remove = first.on('bounce', () => {
      throw new Error('not now')
    })
    const poison = { ...bounce, to: 'poison@example.com' }
    const others = Array.from({ length: 149 }, (_, index) => ({ ...bounce, to: `n${index}@example.com` }))
    for (const batch of [[poison], others]) {
      await first.receive('toy', post(batch))
      clock += 1
    }
    remove()

    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    let resumed: Promise<number> | undefined
    other.on('bounce', () => released)
    let ran = 0
    second.on('bounce', ({ recipient }) => {
      if (recipient === poison.to) throw new Error('poison')
      clock += 1_000
      ran += 1
      if (ran === 120) resumed = other.resume()
    })
    const settled = await second.resume()
    const everything = { now: clock, dueBy: Number.MAX_SAFE_INTEGER, leaseUntil: 0, limit: 10 }
    expect(await store.claim(everything)).toEqual([])
    release()
    expect(settled + ((await resumed) ?? 0)).toBe(150)
  })

  it('that fail are not told of once their lease is over, when another process may be at it', async () => {
    const store = memoryStore()
    const leaseMs = 400
    // the other one's clock is ahead, as if the lease had ended meanwhile
    const process = (ahead: number) =>
      setUp({ store, leaseMs, now: () => Date.now() + ahead, logger: keepingLogger(), sweepEveryMs: false })
    const [first, second, other] = [process(0), process(0), process(leaseMs)]
    const remove = first.on('bounce', () => {
      throw new Error('not now')
    })
    const poison = { ...bounce, to: 'poison@example.com' }
    const hanging = { ...bounce, to: 'hang@example.com' }
    const between = Array.from({ length: 63 }, (_, index) => ({ ...bounce, to: `n${index}@example.com` }))
    for (const batch of [[poison], between, [hanging]]) await first.receive('toy', post(batch))
    remove()

    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    let resumed: Promise<number> | undefined
    const taken: string[] = []
    other.on('bounce', ({ recipient }) => {
      taken.push(recipient)
      return released
    })
    second.on('bounce', ({ recipient }) => {
      if (recipient === poison.to) throw new Error('poison')
      if (recipient !== hanging.to) return undefined
      resumed = other.resume()
      return new Promise(() => {})
    })
    await second.resume()
    const everything = { now: Date.now(), dueBy: Number.MAX_SAFE_INTEGER, leaseUntil: 0, limit: 10 }
    const free = (await store.claim(everything)).map(({ event }) => event.recipient)
    expect(taken).toContain(poison.to)
    expect(free).not.toContain(poison.to)
    release()
    await resumed
  })

  it('run again with growing pauses in the sweep, and are given up after the last attempt until somebody revives the event', async () => {
    let at = Date.parse('2026-11-22T12:00:00Z')
    const begin = at
    const retry = { attempts: 3, firstMs: 1000, maxMs: 1500 }
    const bouncy = setUp({ now: () => at, retry, sweepEveryMs: 1, logger: keepingLogger() })
    const attempts: [number, number][] = []
    let mended = false
    bouncy.on('bounce', (_, { attempt }) => {
      attempts.push([attempt, at - begin])
      if (!mended) throw new Error('broken')
    })
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(503)
    at += 900
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(attempts).toEqual([[1, 0]])
    at += 100
    await vi.waitFor(() => expect(attempts.at(-1)).toEqual([2, 1000]))
    at += 1500
    await vi.waitFor(async () => expect((await bouncy.events({ state: 'dead' })).items).toHaveLength(1))
    expect(attempts.at(-1)).toEqual([3, 2500])
    const dead = (await bouncy.events({ state: 'dead' })).items
    expect(dead).toHaveLength(1)
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
    mended = true
    await bouncy.revive(dead.map((event) => event.id))
    await vi.waitFor(async () => expect((await bouncy.events({ state: 'settled' })).items).toHaveLength(1))
    expect(attempts.at(-1)?.[0]).toBe(1)
    await bouncy.close()
  })

  it('are run by the sweep, without anybody calling resume', async () => {
    const bouncy = setUp({ retry: { firstMs: 1 }, sweepEveryMs: 5, logger: keepingLogger() })
    const { promise: done, resolve } = Promise.withResolvers<void>()
    bouncy.on('bounce', (_, { attempt }) => {
      if (attempt < 3) throw new Error('not yet')
      resolve()
    })
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(503)
    await done
    await bouncy.close()
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(503)
  })

  it('are run by resume where a failed one is never to be tried by itself', async () => {
    const never = Number.MAX_SAFE_INTEGER
    const bouncy = setUp({ retry: { firstMs: never, maxMs: never }, logger: keepingLogger() })
    bouncy.on('bounce', (_, { attempt }) => {
      if (attempt < 2) throw new Error('not yet')
    })
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(503)
    expect(await bouncy.resume()).toBe(1)
    await bouncy.close()
  })

  it('are told plainly that a store has no transactions', async () => {
    const logger = keepingLogger()
    const bouncy = setUp({ logger })
    bouncy.on('bounce', async (_, { transaction }) => {
      await transaction()
    })
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(503)
    expect(JSON.stringify(logger.lines)).toContain('this store has no transactions')
  })

  it.each([true, false])(
    'write through a transaction that settles the event, or not at all: %s',
    async (succeeds) => {
      const store = memoryStore()
      const log: string[] = []
      const settleWith: Store['settleWith'] = async (id, work) => {
        log.push('begin')
        try {
          await work('trx')
        } catch (error) {
          log.push('rollback')
          throw error
        }
        await store.settle([{ id, outcome: 'settled' }])
        log.push('commit')
      }
      const bouncy = setUp({ store: { ...store, settleWith }, logger: keepingLogger() })
      bouncy.on('bounce', async (_, { transaction }) => {
        log.push(`${await transaction()} ${await transaction()}`)
        if (!succeeds) throw new Error('after all')
      })
      expect((await bouncy.receive('toy', post([bounce]))).status).toBe(succeeds ? 200 : 503)
      expect(log).toEqual(['begin', 'trx trx', succeeds ? 'commit' : 'rollback'])
    },
  )

  it('that hang for many events leave their place to those of the others', async () => {
    const store = memoryStore()
    const bouncy = setUp({ store, logger: keepingLogger(), leaseMs: 400, sweepEveryMs: false })
    const heard: string[] = []
    bouncy.on('bounce', async ({ recipient }) => {
      if (recipient.startsWith('hang')) return new Promise(() => {})
      await new Promise((resolve) => setTimeout(resolve, 20))
      return heard.push(recipient)
    })
    const hanging = Array.from({ length: 9 }, (_, index) => ({ ...bounce, to: `hang${index}@example.com` }))
    const others = ['kim@example.com', 'lee@example.com'].map((to) => ({ ...bounce, to }))
    expect((await bouncy.receive('toy', post([...hanging, ...others]))).status).toBe(503)
    expect(heard).toEqual(['kim@example.com', 'lee@example.com'])
    expect((await bouncy.events({ state: 'settled' })).items).toHaveLength(2)
  })

  it('that hang at each attempt are given up after the last one', async () => {
    const bouncy = setUp({
      logger: keepingLogger(),
      leaseMs: 20,
      retry: { attempts: 2 },
      sweepEveryMs: false,
    })
    const handler = vi.fn(() => new Promise(() => {}))
    bouncy.on('bounce', handler)
    await bouncy.receive('toy', post([bounce]))
    await until(async () => {
      await bouncy.resume()
      return (await bouncy.events({ state: 'dead' })).items.length === 1
    })
    expect(handler).toHaveBeenCalledTimes(2)
    await bouncy.resume()
    expect(handler).toHaveBeenCalledTimes(2)
  })

  it('that succeeded are settled though the store failed to say so in between', async () => {
    const store = memoryStore()
    let failures = 1
    const settle: Store['settle'] = async (outcomes) => {
      failures -= 1
      if (failures >= 0) throw new Error('for a moment')
      await store.settle(outcomes)
    }
    const bouncy = setUp({ store: { ...store, settle }, logger: keepingLogger(), sweepEveryMs: false })
    let ran = 0
    bouncy.on('bounce', async () => {
      ran += 1
      // the last one ends after the outcomes of the others have been told
      if (ran === 12) await until(() => failures < 1)
    })
    const events = Array.from({ length: 12 }, (_, index) => ({ ...bounce, to: `n${index}@example.com` }))
    expect((await bouncy.receive('toy', post(events))).status).toBe(200)
    await until(async () => (await bouncy.events({ state: 'unsettled' })).items.length === 0)
    expect(ran).toBe(12)
  })

  it('are answered for before the store is told, and waited for when bouncy is closed', async () => {
    const store = memoryStore()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const settle = vi.fn<Store['settle']>(async (outcomes) => {
      await released
      await store.settle(outcomes)
    })
    const closed = vi.fn()
    const bouncy = setUp({ store: { ...store, settle, close: closed }, sweepEveryMs: false })
    const handler = vi.fn()
    bouncy.on('bounce', handler)
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
    // the store would call it claimed
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
    const others = ['b@example.com', 'c@example.com'].map((to) => ({ ...bounce, to }))
    await Promise.all(others.map((one) => bouncy.receive('toy', post([one]))))
    const closing = bouncy.close()
    await new Promise((resolve) => setImmediate(resolve))
    expect(closed).not.toHaveBeenCalled()
    release()
    await closing
    expect(handler).toHaveBeenCalledTimes(3)
    // those that came while the store was being told of the first were told together
    expect(settle.mock.calls.map(([outcomes]) => outcomes.length)).toEqual([1, 2])
    expect((await store.events({ state: 'unsettled' })).items).toEqual([])
  })

  it.each([true, false])(
    'need no look into the store for what is settled, handled by somebody: %s',
    async (handled) => {
      const store = memoryStore()
      const record = vi.fn<Store['record']>(store.record)
      const bouncy = setUp({ store: { ...store, record }, sweepEveryMs: false })
      if (handled) bouncy.on('bounce', () => {})
      const other = { ...bounce, to: 'b@example.com' }
      await bouncy.receive('toy', post([bounce]))
      expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
      expect(record).toHaveBeenCalledTimes(1)
      expect((await bouncy.receive('toy', post([bounce, other]))).status).toBe(200)
      expect(record.mock.lastCall?.[0].events).toMatchObject([{ event: { recipient: other.to } }])
    },
  )

  it('are remembered as settled for 5,000 events at least, and not for ever', async () => {
    const store = memoryStore()
    const record = vi.fn<Store['record']>(store.record)
    const bouncy = setUp({ store: { ...store, record }, sweepEveryMs: false })
    const some = Array.from({ length: 6 }, (_, group) =>
      Array.from({ length: 2_500 }, (_, index) => ({ ...bounce, to: `${index}-${group}@example.com` })),
    )
    for (const events of some) await bouncy.receive('toy', post(events))
    const asked = async (events: readonly object[]): Promise<number> => {
      record.mockClear()
      await bouncy.receive('toy', post(events))
      return record.mock.lastCall?.[0].events.length ?? 0
    }
    expect(await asked([...(some[4] ?? []), ...(some[5] ?? [])])).toBe(0)
    expect(await asked(some[0] ?? [])).toBe(2_500)
  })

  it('are settled before the reply where nothing runs after it', async () => {
    const store = memoryStore()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const settle: Store['settle'] = async (outcomes) => {
      await released
      await store.settle(outcomes)
    }
    const bouncy = setUp({ store: { ...store, settle }, sweepEveryMs: false })
    bouncy.on('bounce', () => {})
    const answered = vi.fn()
    const { url, body } = post([bounce])
    const replies = [
      bouncy.receive('toy', post([{ ...bounce, to: 'b@example.com' }]), { untilSettled: true }),
      bouncy.fetch(
        new Request(`https://example.com${url}`, {
          method: 'POST',
          headers: { 'x-password': 'right' },
          body: Buffer.from(body),
        }),
      ),
    ]
    for (const reply of replies) void reply.then(answered)
    await until(async () => (await bouncy.events()).items.length === 2)
    await new Promise((resolve) => setImmediate(resolve))
    expect(answered).not.toHaveBeenCalled()
    release()
    expect((await Promise.all(replies)).map(({ status }) => status)).toEqual([200, 200])
    expect((await bouncy.events({ state: 'settled' })).items).toHaveLength(2)
  })

  it('are settled before such a reply, also where another handler failed', async () => {
    const store = memoryStore()
    const settle: Store['settle'] = async (outcomes) => {
      // the failure is known long before
      if (outcomes[0]?.outcome === 'settled') await new Promise((resolve) => setTimeout(resolve, 20))
      await store.settle(outcomes)
    }
    const bouncy = setUp({ store: { ...store, settle }, logger: keepingLogger(), sweepEveryMs: false })
    bouncy.on('bounce', ({ recipient }) => {
      if (recipient.startsWith('bad')) throw new Error('not this one')
    })
    const batch = ['a@example.com', 'bad@example.com'].map((to) => ({ ...bounce, to }))
    expect((await bouncy.receive('toy', post(batch), { untilSettled: true })).status).toBe(503)
    const settled = (await bouncy.events({ state: 'settled' })).items
    expect(settled.map(({ recipient }) => recipient)).toEqual(['a@example.com'])
  })

  it('are given up on where the store does not take their outcome until bouncy is closed', async () => {
    const store = memoryStore()
    const settle = vi.fn<Store['settle']>(async () => {
      throw new Error('away')
    })
    const logger = keepingLogger()
    const bouncy = setUp({ store: { ...store, settle }, logger, sweepEveryMs: false })
    bouncy.on('bounce', () => {})
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
    await bouncy.close()
    expect(logger.lines.map(({ message }) => message).join()).toContain('they may run again')
    expect((await store.events({ state: 'unsettled' })).items).toHaveLength(1)
  })

  it('that resume runs are waited for when bouncy is closed, and no more are begun', async () => {
    const store = memoryStore()
    const closed = vi.fn()
    const bouncy = setUp({ store: { ...store, close: closed }, logger: keepingLogger(), sweepEveryMs: false })
    const remove = bouncy.on('bounce', () => {
      throw new Error('not now')
    })
    await bouncy.receive('toy', post([bounce]))
    remove()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    bouncy.on('bounce', () => {
      begin()
      return released
    })
    const resuming = bouncy.resume()
    await begun
    const closing = bouncy.close()
    await new Promise((resolve) => setImmediate(resolve))
    expect(closed).not.toHaveBeenCalled()
    release()
    await closing
    expect(await resuming).toBe(1)
    expect((await store.events({ state: 'settled' })).items).toHaveLength(1)
  })

  it('have a lease that looking for the recipient is a part of', async () => {
    const store = memoryStore()
    let slow = false
    const resolveRecipient = async () => {
      if (slow) await until(() => performance.now() > lateAt)
      return undefined
    }
    let lateAt = 0
    const bouncy = setUp({
      store,
      logger: keepingLogger(),
      leaseMs: 50,
      sweepEveryMs: false,
      resolveRecipient,
    })
    const remove = bouncy.on('bounce', () => {
      throw new Error('not now')
    })
    await bouncy.receive('toy', post([bounce]))
    remove()
    const handler = vi.fn()
    bouncy.on('bounce', handler)
    slow = true
    lateAt = performance.now() + 60
    expect(await bouncy.resume()).toBe(0)
    expect(handler).not.toHaveBeenCalled()
  })

  it('are not started when the lease has ended before the store had answered', async () => {
    const store = memoryStore()
    let slow = true
    const record: Store['record'] = async (batch) => {
      const lateAt = performance.now() + 60
      const result = await store.record(batch)
      if (slow) await until(() => performance.now() > lateAt)
      return result
    }
    const bouncy = setUp({ store: { ...store, record }, leaseMs: 50, sweepEveryMs: false })
    const handler = vi.fn()
    bouncy.on('bounce', handler)
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(503)
    expect(handler).not.toHaveBeenCalled()
    slow = false
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
    expect(handler).toHaveBeenCalledTimes(1)
  })

  it('that fail for more events than a call has room for arguments are all told of', async () => {
    let time = Date.parse('2026-11-01T00:00:00Z')
    let left = 130_000
    const [event] = toy().parse([bounce]).events as [MailEvent]
    const claim: Store['claim'] = async ({ limit }) => {
      const count = Math.min(limit, left)
      left -= count
      // the last of them come when the lease of the first has been held for too long
      if (left === 0) time += 3_600_000
      return Array.from({ length: count }, (_, index) => ({
        event: { ...event, id: `toy_${left + index}` },
        attempt: 1,
      }))
    }
    let told = 0
    const settle: Store['settle'] = async (outcomes) => {
      told += outcomes.length
    }
    const store = { ...memoryStore(), claim, settle }
    const bouncy = setUp({ store, now: () => time, leaseMs: 3_600_000, sweepEveryMs: false })
    bouncy.on('bounce', () => {
      throw new Error('not now')
    })
    expect(await bouncy.resume()).toBe(0)
    expect(told).toBe(130_000)
  })

  it('that hang hold up nobody: the others are settled, the lease ends the wait, and closing works', async () => {
    const store = memoryStore()
    const logger = keepingLogger()
    const bouncy = setUp({ store, logger, leaseMs: 100, replyWithinMs: 50, sweepEveryMs: false })
    const heard: string[] = []
    let aborted = false
    bouncy.on('bounce', (event, { signal }) => {
      if (!event.recipient.startsWith('hang')) return heard.push(event.recipient)
      signal.addEventListener('abort', () => {
        aborted = true
      })
      return new Promise(() => {})
    })
    const batch = ['a@example.com', 'hang@example.com', 'b@example.com'].map((to) => ({ ...bounce, to }))
    expect((await bouncy.receive('toy', post(batch))).status).toBe(503)
    expect((await bouncy.receive('toy', post(batch))).status).toBe(503)
    await bouncy.close()
    expect(aborted).toBe(true)
    expect(logger.lines.map(({ message }) => message).join()).toContain('took longer than leaseMs')
    expect((await store.events({ state: 'unsettled' })).items).toMatchObject([
      { recipient: 'hang@example.com' },
    ])
    expect(heard.toSorted()).toEqual(['a@example.com', 'b@example.com'])
  })
})

/** Waits for something that others bring about. */
async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 5))
}
