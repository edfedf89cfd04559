import { setTimeout } from 'node:timers/promises'
import { Queue } from 'bullmq'
import { describe, expect, it, vi } from 'vitest'
import { connect, noServer, prefix, startRedis } from './redis.ts'
import { bounce, setUp } from './setting.ts'

describe.skipIf(noServer !== undefined)(['when Redis', noServer].join(' '), () => {
  it('is away, what is received is kept and answered, and enqueued when it is back', async () => {
    const redis = await startRedis()
    const { process } = setUp(redis.port)
    const errors: unknown[] = []
    const silent = () => {}
    const error = (facts: object) => void errors.push('error' in facts ? facts.error : undefined)
    const logger = { debug: silent, info: silent, warn: silent, error }
    const receiver = process({ work: false, enqueueWithinMs: 200 }, { logger })
    const worker = process({ enqueueWithinMs: 200 }, { sweepEveryMs: 50 })
    const heard: string[] = []
    worker.on('bounce', (event) => heard.push(event.recipient))
    expect(await bounce(receiver, 1)).toBe(200)
    await vi.waitFor(() => expect(heard).toHaveLength(1))

    await redis.stop()
    const ids = Array.from({ length: 50 }, (_, index) => index + 2)
    const first = await Promise.all(ids.slice(0, 25).map((id) => bounce(receiver, id)))
    expect(new Set(first)).toEqual(new Set([200]))
    for (const id of ids.slice(25)) expect(await bounce(receiver, id)).toBe(200)
    // what Redis owes an answer for is waited for once; the client is not given more and more to keep
    expect(Object.groupBy(errors, String)).toEqual({
      'Error: [bouncy/bullmq] Redis did not answer within enqueueWithinMs': expect.objectContaining({
        length: 25,
      }),
      'Error: [bouncy/bullmq] Redis does not answer': expect.objectContaining({ length: 25 }),
    })
    expect((await receiver.events({ state: 'unsettled' })).items).toHaveLength(50)

    await redis.start()
    await vi.waitFor(
      async () => expect((await receiver.events({ state: 'settled', limit: 100 })).items).toHaveLength(51),
      10_000,
    )
    expect(new Set(heard).size).toBe(51)
    expect(heard).toHaveLength(51)
  }, 20_000)

  it('has become a replica, the worker says so, and not as often as it asks', async () => {
    const redis = await startRedis()
    const { process } = setUp(redis.port)
    const admin = connect(redis.port)
    const errors: unknown[] = []
    const silent = () => {}
    const error = (facts: object) => void errors.push('error' in facts ? facts.error : undefined)
    const logger = { debug: silent, info: silent, warn: silent, error }
    const receiver = process({ work: false })
    const worker = process({ concurrency: 1, enqueueWithinMs: 200 }, { logger })
    for (const id of [1, 2, 3]) await bounce(receiver, id)
    let heard = 0
    worker.on('bounce', async () => {
      heard += 1
      if (heard === 1) await admin.replicaof('127.0.0.1', 1)
    })
    await vi.waitFor(async () => {
      const refused = /errorstat_READONLY:count=(\d+)/.exec(await admin.info('errorstats'))?.[1]
      expect(Number(refused)).toBeGreaterThan(1_000)
    }, 10_000)
    expect(errors.length).toBeGreaterThan(0)
    expect(errors.length).toBeLessThan(20)
    expect(String(errors)).toContain('READONLY')

    await admin.replicaof('NO', 'ONE')
    await vi.waitFor(
      async () => expect((await receiver.events({ state: 'settled' })).items).toHaveLength(3),
      10_000,
    )
  }, 30_000)

  it('has lost its jobs, they come back when their lease is over', async () => {
    const redis = await startRedis()
    const { process } = setUp(redis.port)
    const receiver = process({ work: false, enqueueAgainAfterMs: 300 })
    await bounce(receiver, 1)
    await redis.stop()
    await redis.start()
    const worker = process({ enqueueAgainAfterMs: 300 }, { sweepEveryMs: 50 })
    const { promise, resolve } = Promise.withResolvers<string>()
    worker.on('bounce', (event) => resolve(event.recipient))
    expect(await promise).toBe('r1@example.com')
  })

  it('has died, closing does not wait for it', async () => {
    const redis = await startRedis()
    const { process } = setUp(redis.port)
    const bouncy = process({ enqueueWithinMs: 100 })
    const { promise, resolve } = Promise.withResolvers<void>()
    bouncy.on('bounce', () => resolve())
    await bounce(bouncy, 1)
    await promise
    await redis.stop()
    await bouncy.close()
  })

  it('has died under a last attempt, closing does not wait for it', async () => {
    const redis = await startRedis()
    const { process } = setUp(redis.port)
    const bouncy = process({ enqueueWithinMs: 100, attempts: 1 })
    bouncy.on('bounce', async () => {
      await redis.stop()
      throw new Error('always')
    })
    await bounce(bouncy, 1)
    await vi.waitFor(async () => expect((await bouncy.events({ state: 'dead' })).items).toHaveLength(1))
    await bouncy.close()
  })

  it('has died under a handler, its event is settled all the same, and runs no second time', async () => {
    const redis = await startRedis()
    const { process } = setUp(redis.port)
    const bouncy = process({ enqueueWithinMs: 100, enqueueAgainAfterMs: 200 }, { sweepEveryMs: 50 })
    const handler = vi.fn(() => redis.stop())
    bouncy.on('bounce', handler)
    await bounce(bouncy, 1)
    await vi.waitFor(async () => expect((await bouncy.events({ state: 'settled' })).items).toHaveLength(1))
    await redis.start()
    expect(await bounce(bouncy, 2)).toBe(200)
    await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(2), 10_000)
    expect(await bounce(bouncy, 1)).toBe(200)
    await bouncy.close()
    expect(handler).toHaveBeenCalledTimes(2)
  }, 20_000)
})

describe.skipIf(noServer !== undefined)('closing', () => {
  it('ends a worker that never began', async () => {
    const redis = await startRedis()
    await setUp(redis.port).process().close()
  })

  it('lets a handler finish whose job Redis was handing out at that moment', async () => {
    const redis = await startRedis()
    const { process } = setUp(redis.port)
    const receiver = process({ work: false })
    const worker = process({ concurrency: 1, enqueueWithinMs: 100 })
    const heard: string[] = []
    let thaw = (): void => {}
    worker.on('bounce', async (event) => {
      heard.push(event.recipient)
      // the worker's answer for this job asks for the next one
      if (heard.length === 1) thaw = redis.freeze()
      else await setTimeout(500)
    })
    await Promise.all([bounce(receiver, 1), bounce(receiver, 2)])
    await vi.waitFor(async () => expect((await receiver.events({ state: 'settled' })).items).toHaveLength(1))
    const closed = worker.close()
    thaw()
    await closed
    expect((await receiver.events({ state: 'settled' })).items).toHaveLength(2)
    expect(heard).toHaveLength(2)
  })

  it('lets the handlers under way finish, leaves the rest to others, and closes no client that was handed in', async () => {
    const redis = await startRedis()
    const { process, queueName } = setUp(redis.port)
    const connection = connect(redis.port)
    const first = process({ connection, concurrency: 1 })
    const begun = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    const heard: string[] = []
    first.on('bounce', async (event) => {
      begun.resolve()
      await finish.promise
      heard.push(event.recipient)
    })
    for (const id of [1, 2, 3]) await bounce(first, id)
    await begun.promise
    const closed = first.close()
    expect(await bounce(first, 4)).toBe(503)
    finish.resolve()
    await closed
    expect(heard).toEqual(['r1@example.com'])
    expect(await connection.ping()).toBe('PONG')
    const queue = new Queue(queueName, { connection, prefix })
    expect(await queue.getJobCounts('wait', 'active')).toEqual({ wait: 2, active: 0 })

    const second = process()
    second.on('bounce', (event) => heard.push(event.recipient))
    await vi.waitFor(() => expect(heard).toHaveLength(3))
  })
})
