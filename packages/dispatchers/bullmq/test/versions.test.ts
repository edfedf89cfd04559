import { type Bounce, memoryStore } from '@bouncy/core'
import { createClient } from 'redis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { PORT } from './port.ts'
import { connect, noRedis, prefix } from './redis.ts'
import { bounce, setUp } from './setting.ts'

/** The newest takes clients of both drivers, the oldest brings one and makes its own. */
const versions = {
  'bullmq 6.7.0 over ioredis': { load: () => import('bullmq'), connection: connect },
  'bullmq 6.7.0 over redis': {
    load: () => import('bullmq'),
    async connection() {
      const client = await createClient({ url: `redis://127.0.0.1:${PORT}` }).connect()
      onTestFinished(() => client.destroy())
      return client
    },
  },
  'bullmq 5.2.0': {
    load: () => import('bullmq-5') as unknown as Promise<typeof import('bullmq')>,
    connection: () => ({ host: '127.0.0.1', port: PORT }),
  },
}

describe.skipIf(noRedis !== undefined).each(Object.entries(versions))(
  ['%s', noRedis].join(' '),
  (_, { load, connection }) => {
    async function open() {
      const { Queue } = await load()
      vi.doMock('bullmq', load)
      vi.resetModules()
      const { bullmqDispatcher } = await import('@bouncy/bullmq')
      vi.doUnmock('bullmq')
      const theirs = await connection()
      const setting = setUp(PORT, (options) => bullmqDispatcher({ ...options, connection: theirs }))
      const queue = new Queue(setting.queueName, { connection: connect(), prefix })
      return { ...setting, queue }
    }

    it('takes what one process received to a worker of another, which settles it', async () => {
      const { process, queue } = await open()
      const receiver = process({ work: false })
      expect(await bounce(receiver, 1)).toBe(200)
      expect(await receiver.isSuppressed('r1@example.com')).toBe(true)
      expect((await receiver.events({ state: 'unsettled' })).items).toHaveLength(1)
      expect(await queue.getJobCounts('wait')).toEqual({ wait: 1 })

      const { promise, resolve } = Promise.withResolvers<[Bounce, number]>()
      process().on('bounce', (event, { attempt }) => resolve([event, attempt]))
      const [event, attempt] = await promise
      expect(event).toMatchObject({ type: 'bounce', recipient: 'r1@example.com', provider: 'postmark' })
      expect(attempt).toBe(1)
      await vi.waitFor(async () =>
        expect((await receiver.events({ state: 'settled' })).items).toEqual([event]),
      )
      await vi.waitFor(async () => expect(await queue.getJob(event.id)).toBeUndefined())
    })

    it('tries again with its back-off, until the event is dead, and anew when it is revived', async () => {
      const { process, queue } = await open()
      const bouncy = process({ attempts: 3, backoff: { type: 'exponential', delay: 40 } })
      const attempts: [number, number][] = []
      let mended = false
      bouncy.on('bounce', (_event, { attempt }) => {
        attempts.push([attempt, performance.now()])
        if (!mended) throw new Error('not yet')
      })
      expect(await bounce(bouncy, 1, 'canary@example.com')).toBe(200)
      await vi.waitFor(async () => expect((await queue.getFailed()).length).toBe(1), 5_000)
      expect(attempts.map(([attempt]) => attempt)).toEqual([1, 2, 3])
      const [first = 0, second = 0, third = 0] = attempts.map(([, at]) => at)
      expect(second - first).toBeGreaterThan(35)
      expect(third - second).toBeGreaterThan(75)

      const [dead] = (await bouncy.events({ state: 'dead' })).items
      const [job] = await queue.getFailed()
      expect(job?.id).toBe(dead?.id)
      expect(JSON.stringify(job)).not.toContain('canary')
      expect(await bounce(bouncy, 1, 'canary@example.com')).toBe(200)
      expect(attempts).toHaveLength(3)

      mended = true
      await bouncy.revive([dead?.id ?? ''])
      await vi.waitFor(async () => expect((await bouncy.events({ state: 'settled' })).items).toHaveLength(1))
      expect(attempts.at(-1)?.[0]).toBe(1)
      expect(await queue.getFailed()).toEqual([])
    })

    it('runs nothing for a dead job that somebody starts again past bouncy.revive', async () => {
      const { process, queue } = await open()
      const bouncy = process({ attempts: 1 })
      const handler = vi.fn(() => {
        throw new Error('always')
      })
      bouncy.on('bounce', handler)
      await bounce(bouncy, 1)
      await vi.waitFor(async () => expect((await queue.getFailed()).length).toBe(1))
      const [job] = await queue.getFailed()
      await job?.retry()
      await vi.waitFor(async () =>
        expect((await queue.getFailed())[0]?.failedReason).toContain('bouncy.revive'),
      )
      expect(handler).toHaveBeenCalledOnce()
    })

    it('keeps to its rate limit over all workers', async () => {
      const { process, queue } = await open()
      const limiter = { max: 5, duration: 300 }
      const started: number[] = []
      const workers = [process({ limiter }), process({ limiter })]
      for (const worker of workers) worker.on('bounce', () => started.push(performance.now()))
      const receiver = process({ work: false })
      await Promise.all(Array.from({ length: 12 }, (_, index) => bounce(receiver, index + 1)))
      await vi.waitFor(() => expect(started).toHaveLength(12), 5_000)
      // a window begins with its first job: the eleventh comes in the third one
      expect((started[10] ?? 0) - (started[0] ?? 0)).toBeGreaterThan(500)
      await queue.close()
    })

    it('has one job for each event under a storm of redeliveries, and runs it once', async () => {
      const { process, queue } = await open()
      const receivers = [process({ work: false }), process({ work: false })]
      const send = () =>
        Promise.all(
          Array.from({ length: 200 }, (_, index) =>
            bounce(receivers[index % 2] ?? process(), 1 + (Math.floor(index / 2) % 10)),
          ),
        )
      expect(new Set(await send())).toEqual(new Set([200]))
      expect(await queue.getJobCounts('wait')).toEqual({ wait: 10 })
      const heard: string[] = []
      for (const worker of [process(), process()]) worker.on('bounce', (event) => heard.push(event.recipient))
      expect(new Set(await send())).toEqual(new Set([200]))
      await vi.waitFor(async () =>
        expect((await receivers[0]?.events({ state: 'settled' }))?.items).toHaveLength(10),
      )
      await vi.waitFor(async () => expect(await queue.count()).toBe(0))
      expect(heard.toSorted()).toEqual(
        Array.from({ length: 10 }, (_, index) => `r${index + 1}@example.com`).toSorted(),
      )
    })

    it('takes ids of any shape', async () => {
      const { process } = await open()
      const store = memoryStore()
      const heard: string[] = []
      const ids = ['acme:1', '17', 'a b', 'é', '~17', '-']
      const event = {
        type: 'delivery',
        provider: 'acme',
        recipient: 'kim@example.com',
        timestamp: '2026-11-01T00:00:00.000Z',
        tags: [],
        metadata: {},
        raw: {},
      } as const
      const acme = {
        name: 'acme',
        verify: () => undefined,
        parse: () => ({ events: ids.map((id) => ({ ...event, id })) }),
      }
      const bouncy = process({}, { store, providers: [acme] })
      bouncy.on('delivery', ({ id }) => heard.push(id))
      const reply = await bouncy.fetch(new Request('http://localhost/acme', { method: 'POST', body: '{}' }))
      expect(reply.status).toBe(200)
      await vi.waitFor(async () =>
        expect((await bouncy.events({ state: 'settled' })).items).toHaveLength(ids.length),
      )
      expect(heard.toSorted()).toEqual(ids.toSorted())
    })
  },
)
