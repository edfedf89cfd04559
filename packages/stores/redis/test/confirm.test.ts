import { type NodeRedisClient, redisStore } from '@bouncy/redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { bounces } from './batches.ts'
import { type Connection, clients } from './clients.ts'
import { watched } from './interference.ts'
import { contents, noServer, sendTo } from './redis.ts'
import { type Server, startServer } from './server.ts'

describe.skipIf(noServer !== undefined)('waitForReplicas', { timeout: 30_000 }, () => {
  let primary: Server
  let replica: Server
  let connection: Connection<NodeRedisClient>
  beforeEach(async () => {
    primary = await startServer('--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0')
    replica = await startServer('--replicaof', '127.0.0.1', String(primary.port))
    connection = await clients['redis@6'](primary.port)
  })
  afterEach(async () => {
    await connection.close()
    await replica.remove()
    await primary.remove()
  })

  it('acknowledges what a replica has', async () => {
    const store = redisStore(connection.client, { waitForReplicas: 1, waitMs: 20_000 })
    await store.record(bounces('a'))
    const copied = await contents(sendTo(replica.port), 'bouncy:')
    expect(copied.get('events')?.[0]).toBe('toy_a')
  })

  it('acknowledges nothing that no replica has, be it new or known', async () => {
    const patient = redisStore(connection.client, { waitForReplicas: 1, waitMs: 20_000 })
    await patient.record(bounces('before'))
    await replica.kill()
    const store = redisStore(connection.client, { waitForReplicas: 1, waitMs: 50 })
    await expect(store.record(bounces('a'))).rejects.toThrow(/\[bouncy\/redis\] .* waitMs/)
    const other = await clients['ioredis@6'](primary.port)
    const elsewhere = redisStore(other.client, { waitForReplicas: 1, waitMs: 50 })
    await expect(elsewhere.record(bounces('a'))).rejects.toThrow(/waitMs/)
    expect((await redisStore(connection.client).record(bounces('a'))).events[0]?.state).toBe('settled')
    await replica.start()
    expect((await patient.record(bounces('a'))).events[0]?.state).toBe('settled')
    await other.close()
  })
})

describe.skipIf(noServer !== undefined)('a connection that is new', { timeout: 30_000 }, () => {
  it.each(['redis@6', 'ioredis@6'] as const)(
    'confirms nothing of what %s wrote through the one before',
    async (name) => {
      const primary = await startServer('--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0')
      const replica = await startServer('--replicaof', '127.0.0.1', String(primary.port))
      const { client, close } = await clients[name](primary.port)
      onTestFinished(async () => {
        await close()
        await replica.remove()
        await primary.remove()
      })
      let replaced = false
      /** Between the commit and its confirmation, by a primary that lacks it. */
      async function replace(command: string): Promise<void> {
        if (command !== 'wait' || replaced) return
        replaced = true
        const back = new Promise<void>((resolve) => client.on?.('ready', resolve))
        await primary.kill()
        await primary.start()
        await back
      }
      const store = redisStore(watched(client, replace), { waitForReplicas: 1, waitMs: 20_000 })
      await expect(store.record(bounces('a'))).rejects.toThrow(/\[bouncy\/redis\] the connection/)
      expect((await store.record(bounces('a'))).events[0]?.state).toBe('new')
    },
  )
})

describe.skipIf(noServer !== undefined)('waitForAof', { timeout: 30_000 }, () => {
  let server: Server
  let connection: Connection<NodeRedisClient>
  let version = 0
  beforeAll(async () => {
    server = await startServer('--appendonly', 'yes', '--appendfsync', 'everysec')
    connection = await clients['redis@6'](server.port)
    const info = String(await connection.client.sendCommand(['INFO', 'server']))
    version = Number(/redis_version:(\d+\.\d+)/.exec(info)?.[1])
  })
  afterAll(async () => {
    await connection.close()
    await server.remove()
  })

  it('asks for it after each commit, and passes on what the server says', async () => {
    const sent: string[] = []
    const store = redisStore(
      watched(connection.client, (command, args) => sent.push([command, ...args].join(' '))),
      { waitForAof: true, waitMs: 4_000 },
    )
    const recording = store.record(bounces('a'))
    if (version >= 7.2) await recording
    else await expect(recording).rejects.toThrow(/unknown command 'waitaof'/i)
    expect(sent.at(-1)).toBe('waitaof 1 0 4000')
  })
})
