import { type BouncyOptions, createBouncy, memoryStore, type Store } from '@bouncy/core'
import { describe, expect, it, vi } from 'vitest'
import { keepingLogger, post, toy } from './toy.ts'
import { toyQueue } from './toy-queue.ts'

const bounce = { type: 'bounce' } as const
const delivery = { type: 'delivery' } as const

function setUp(options: Partial<BouncyOptions> = {}) {
  const queue = toyQueue()
  const store = memoryStore()
  const logger = keepingLogger()
  const process = (own: Partial<BouncyOptions> = {}) =>
    createBouncy({ providers: [toy()], store, logger, dispatcher: queue.dispatcher(), ...options, ...own })
  return { queue, store, logger, process }
}

/** Handlers have been registered in one go; now the worker is there. */
const begun = () => new Promise((resolve) => setTimeout(resolve, 1))

describe('with a dispatcher', () => {
  it('a reply waits for the commit and the queue, not for handlers, which a worker elsewhere runs', async () => {
    const { queue, process } = setUp()
    const receiver = process({ dispatcher: queue.dispatcher({ works: false }) })
    const worker = process()
    const heard: string[] = []
    worker.on('bounce', (event, { attempt }) => heard.push(`${event.recipient} ${attempt}`))
    await begun()
    expect((await receiver.receive('toy', post([bounce, delivery]))).status).toBe(200)
    expect(heard).toEqual([])
    expect((await receiver.events({ state: 'unsettled' })).items).toHaveLength(2)
    expect(await receiver.isSuppressed('kim@example.com')).toBe(true)
    expect([await queue.work(), await queue.work()]).toEqual(['settled', 'settled'])
    expect(heard).toEqual(['kim@example.com 1'])
    expect((await receiver.events({ state: 'settled' })).items).toHaveLength(2)
  })

  it('an event has one job, however often it is sent and whoever asks for it', async () => {
    const { queue, process } = setUp()
    const bouncys = [process(), process()]
    for (const bouncy of bouncys) bouncy.on('bounce', () => {})
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) => bouncys[index % 2]?.receive('toy', post([bounce]))),
    )
    expect(new Set(replies.map((reply) => reply?.status))).toEqual(new Set([200]))
    expect(queue.jobs.size).toBe(1)
    await begun()
    expect(await queue.work()).toBe('settled')
    expect((await bouncys[0]?.receive('toy', post([bounce])))?.status).toBe(200)
    expect(queue.jobs.size).toBe(0)
  })

  it('types that are not enqueued are settled as they are stored, and nobody can listen to them', async () => {
    const queue = toyQueue()
    const dispatcher = queue.dispatcher({ types: ['bounce'] })
    const { process } = setUp({ dispatcher })
    const bouncy = process()
    await bouncy.receive('toy', post([bounce, delivery]))
    expect([...queue.jobs.values()].map(({ event }) => event.type)).toEqual(['bounce'])
    expect((await bouncy.events({ state: 'settled' })).items).toMatchObject([{ type: 'delivery' }])
    expect(() => bouncy.on('complaint', () => {})).toThrow(
      "[bouncy/core] on: add 'complaint' to the dispatcher's types; it is not enqueued",
    )
  })

  it('a queue that cannot be reached costs no reply: the event is kept, and the sweep enqueues it', async () => {
    const { queue, logger, process } = setUp({ sweepEveryMs: 5 })
    const bouncy = process()
    queue.broken = true
    bouncy.on('bounce', () => {})
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
    expect(logger.lines.find(({ level }) => level === 'error')?.facts).toMatchObject({
      code: 'dispatch-failed',
      events: 1,
    })
    queue.broken = false
    await vi.waitFor(() => expect(queue.jobs.size).toBe(1))
    await bouncy.close()
  })

  it('a queue that cannot be reached takes no event from a worker that is running it', async () => {
    const { queue, store, process } = setUp()
    const settled = vi.spyOn(store, 'settle')
    const bouncy = process()
    bouncy.on('bounce', async () => {
      queue.broken = true
      expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
      expect(settled).not.toHaveBeenCalled()
    })
    await begun()
    await bouncy.receive('toy', post([bounce]))
    expect(await queue.work()).toBe('settled')
  })

  it('a job that the queue lost comes back when the lease is over, and at once when the event is sent again', async () => {
    let at = 1_000_000
    const { queue, process } = setUp({ now: () => at })
    const bouncy = process()
    await bouncy.receive('toy', post([bounce]))
    queue.jobs.clear()
    expect(await bouncy.resume()).toBe(0)
    await bouncy.receive('toy', post([bounce]))
    expect(queue.jobs.size).toBe(1)
    queue.jobs.clear()
    at += 60_001
    expect(await bouncy.resume()).toBe(1)
    expect(queue.jobs.size).toBe(1)
  })

  it('what fails is tried again, then dead, and a revived event gets a new job though the old one is still there', async () => {
    const { queue, process } = setUp()
    const bouncy = process()
    const attempts: number[] = []
    let mended = false
    bouncy.on('bounce', (_, { attempt }) => {
      attempts.push(attempt)
      if (!mended) throw new Error('broken')
    })
    await begun()
    await bouncy.receive('toy', post([bounce]))
    expect([await queue.work(), await queue.work(), await queue.work()]).toEqual(['failed', 'failed', 'dead'])
    const dead = (await bouncy.events({ state: 'dead' })).items
    expect(dead).toHaveLength(1)
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
    expect(await queue.work()).toBeUndefined()
    mended = true
    await bouncy.revive(dead.map(({ id }) => id))
    expect(await queue.work()).toBe('settled')
    expect(attempts).toEqual([1, 2, 3, 1])
  })

  it('a job of an event that is settled or dead runs nothing', async () => {
    const { queue, store, process } = setUp()
    const bouncy = process()
    const handler = vi.fn()
    bouncy.on('bounce', handler)
    await begun()
    for (const outcome of ['settled', 'dead'] as const) {
      await bouncy.receive('toy', post([{ ...bounce, key: outcome }]))
      const [id = ''] = queue.jobs.keys()
      await store.settle([{ id, outcome }])
      expect(await queue.work()).toBe(outcome)
      queue.jobs.clear()
    }
    expect(handler).not.toHaveBeenCalled()
  })

  it('an event whose attempts all ended with their process is dead, and not tried once more', async () => {
    const { queue, process } = setUp()
    const bouncy = process()
    const handler = vi.fn()
    bouncy.on('bounce', handler)
    await begun()
    await bouncy.receive('toy', post([bounce]))
    for (const job of queue.jobs.values()) job.attempt = 3
    expect(await queue.work()).toBe('dead')
    expect(handler).not.toHaveBeenCalled()
  })

  it('a job whose event the store has lost brings it back, with its suppression', async () => {
    const { queue, process } = setUp()
    const lost = memoryStore()
    await process({ store: lost }).receive('toy', post([bounce]))
    const bouncy = process()
    const handler = vi.fn()
    bouncy.on('bounce', handler)
    await begun()
    expect(await queue.work()).toBe('settled')
    expect(handler).toHaveBeenCalledOnce()
    expect(await bouncy.isSuppressed('kim@example.com')).toBe(true)
  })

  it('a handler that takes longer than leaseMs is aborted and tried again', async () => {
    const { queue, process } = setUp({ leaseMs: 20 })
    const bouncy = process()
    let aborted = false
    bouncy.on('bounce', (_, { signal, attempt }) => {
      if (attempt > 1) return
      signal.addEventListener('abort', () => {
        aborted = true
      })
      return new Promise(() => {})
    })
    await begun()
    await bouncy.receive('toy', post([bounce]))
    expect(await queue.work()).toBe('failed')
    expect(aborted).toBe(true)
    expect(await queue.work()).toBe('settled')
  })

  it('what was written through a transaction is settled by it, and not once more', async () => {
    const { queue, store, process } = setUp()
    const settled: string[] = []
    const settle: Store['settle'] = async (outcomes) => {
      settled.push(...outcomes.map(({ outcome }) => outcome))
      await store.settle(outcomes)
    }
    const settleWith: Store['settleWith'] = async (id, work) => {
      await work('trx')
      await store.settle([{ id, outcome: 'settled' }])
    }
    const bouncy = process({ store: { ...store, settle, settleWith } })
    bouncy.on('bounce', (_, { transaction }) => transaction())
    await begun()
    await bouncy.receive('toy', post([bounce]))
    expect(await queue.work()).toBe('settled')
    expect(settled).toEqual([])
    expect((await bouncy.events({ state: 'settled' })).items).toHaveLength(1)
  })

  it('a handler that does without the transaction it was refused has its event settled all the same', async () => {
    const { queue, process } = setUp()
    const bouncy = process()
    bouncy.on('bounce', (_, { transaction }) => transaction().catch(() => {}))
    await begun()
    await bouncy.receive('toy', post([bounce]))
    expect(await queue.work()).toBe('settled')
    expect((await bouncy.events({ state: 'settled' })).items).toHaveLength(1)
  })

  it('a worker that cannot reach the store says so, and its job is not lost', async () => {
    const { queue, store, process } = setUp()
    let down = false
    const record: Store['record'] = async (batch) => {
      if (down) throw new Error('down')
      return store.record(batch)
    }
    const bouncy = process({ store: { ...store, record } })
    bouncy.on('bounce', () => {})
    await begun()
    await bouncy.receive('toy', post([bounce]))
    down = true
    await expect(queue.work()).rejects.toThrow('down')
    expect((await bouncy.events({ state: 'unsettled' })).items).toHaveLength(1)
  })

  it('handlers that succeeded run no second time because the store could not be told at once', async () => {
    const { queue, store, process } = setUp()
    let failures = 1
    const settle: Store['settle'] = async (outcomes) => {
      failures -= 1
      if (failures >= 0) throw new Error('for a moment')
      await store.settle(outcomes)
    }
    const bouncy = process({ store: { ...store, settle } })
    const handler = vi.fn()
    bouncy.on('bounce', handler)
    await begun()
    await bouncy.receive('toy', post([bounce]))
    expect(await queue.work()).toBe('settled')
    expect(handler).toHaveBeenCalledOnce()
    expect((await bouncy.events({ state: 'settled' })).items).toHaveLength(1)
    expect(failures).toBe(-1)
  })

  it('closing tells a store that is away but once', async () => {
    const { queue, store, process } = setUp()
    const settle = vi.fn<Store['settle']>().mockRejectedValue(new Error('down'))
    const { promise: jobs, resolve: ended } = Promise.withResolvers<void>()
    const dispatcher = { ...queue.dispatcher(), close: () => jobs }
    const bouncy = process({ store: { ...store, settle }, dispatcher })
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    bouncy.on('bounce', () => released)
    await begun()
    await bouncy.receive('toy', post([bounce]))
    const working = queue.work().finally(ended)
    const closed = bouncy.close()
    release()
    await expect(working).rejects.toThrow('did not take')
    await closed
    expect(settle).toHaveBeenCalledOnce()
  })

  it('closing finishes requests, then the queue, then the store', async () => {
    const { queue, store, process } = setUp()
    const order: string[] = []
    const bouncy = process({
      store: { ...store, close: async () => void order.push('store') },
      dispatcher: {
        ...queue.dispatcher(),
        async dispatch() {
          await begun()
          order.push('request')
        },
        close: async () => void order.push('queue'),
      },
    })
    const reply = bouncy.receive('toy', post([bounce]))
    await bouncy.close()
    expect((await reply).status).toBe(200)
    expect(order).toEqual(['request', 'queue', 'store'])
  })

  it.each([
    [{}, /dispatcher: give what bullmqDispatcher/],
    [{ ...toyQueue().dispatcher(), leaseMs: 0 }, /dispatcher.leaseMs: give a number greater than 0/],
    [{ ...toyQueue().dispatcher(), leaseMs: undefined }, /dispatcher.leaseMs: give a number greater than 0/],
  ])('is refused where it is none: %#', (dispatcher, message) => {
    expect(() => setUp().process({ dispatcher: dispatcher as never })).toThrow(message)
  })
})
