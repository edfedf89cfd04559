import { inspect } from 'node:util'
import { type RedisClient, redisStore } from '@bouncy/redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterEach, describe, expect, it } from 'vitest'
import { bounces, range } from './batches.ts'
import { clients } from './clients.ts'
import { actualSetsOf, sortedSetsOf } from './layout.ts'
import { contents, noServer, sendTo } from './redis.ts'
import { type Server, startServer } from './server.ts'

/** Clients that say at once that there is no server, and how to wait until they have found it again. */
const impatient = {
  async redis(port: number) {
    const socket = { port, reconnectStrategy: () => 20 }
    const client = createClient({ socket, disableOfflineQueue: true })
    client.on('error', () => {})
    await client.connect()
    return { client: client as RedisClient, ready: () => readiness(client), end: () => client.destroy() }
  },
  async ioredis(port: number) {
    const client = new Redis(port, { enableOfflineQueue: false, retryStrategy: () => 20 })
    client.on('error', () => {})
    await readiness(client)
    return {
      client: client as RedisClient,
      ready: () => readiness(client),
      end: () => client.disconnect(),
    }
  },
}

/** Unlike `once` of node:events it does not take the errors of attempts in between for the end. */
const readiness = (client: { once(event: 'ready', listener: () => void): unknown }): Promise<void> =>
  new Promise((resolve) => client.once('ready', resolve))

describe.skipIf(noServer !== undefined)('a connection', { timeout: 30_000 }, () => {
  const servers: Server[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.remove()
  })

  it.each(Object.keys(impatient) as (keyof typeof impatient)[])(
    'of %s that is lost fails what is asked, until it is back',
    async (name) => {
      const server = await startServer()
      servers.push(server)
      const { client, ready, end } = await impatient[name](server.port)
      const store = redisStore(client)
      await store.record(bounces('before'))
      await server.kill()
      const failures = await Promise.allSettled([
        ...range(9).map((index) => store.record(bounces(`lost${index}`))),
        store.events({}),
        store.findSuppressions(['kim@example.com']),
      ])
      for (const failure of failures) {
        expect(failure).toMatchObject({ status: 'rejected', reason: expect.any(Error) })
        const told = inspect(failure, { depth: 9 })
        expect(told).not.toMatch(/\[bouncy\/redis\]|lost\d@example\.com/)
      }
      const back = ready()
      await server.start()
      await back
      expect((await store.record(bounces('after'))).events[0]?.state).toBe('new')
      await store.close()
      end()
    },
  )

  it.each(['redis@6', 'ioredis@6'] as const)(
    'of %s that breaks again and again loses nothing, and does nothing twice',
    async (name) => {
      const server = await startServer()
      servers.push(server)
      const { client, close } = await clients[name](server.port)
      const send = sendTo(server.port)
      const store = redisStore(client)
      let open = 200
      let broken = 0
      async function deliver(id: string): Promise<void> {
        for (;;) {
          try {
            await store.record(bounces(id))
            open -= 1
            return
          } catch {
            // a sender of webhooks tries again, too
          }
        }
      }
      async function breakIt(): Promise<void> {
        while (open > 0 && broken < 40)
          broken += Number(await send(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']))
      }
      const ids = range(200).map((index) => `e${index}`)
      const delivering = (async () => {
        for (const at of range(20)) await Promise.all(ids.slice(at * 10, at * 10 + 10).map(deliver))
      })()
      await Promise.all([delivering, breakIt()])
      const found = await contents(send, 'bouncy:')
      expect(found.get('events')).toHaveLength(400)
      expect(found.get('audit')).toHaveLength(400)
      expect(actualSetsOf(found)).toEqual(sortedSetsOf(found))
      expect(broken).toBeGreaterThan(3)
      await close()
    },
  )
})
