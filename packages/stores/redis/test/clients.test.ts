import { type RedisClient, redisStore } from '@bouncy/redis'
import { Redis } from 'ioredis'
import { createClient, createClientPool, RESP_TYPES } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bounce, bounces, NOW } from './batches.ts'
import { type Connection, clients } from './clients.ts'
import { doEverything } from './everything.ts'
import { contents, freshPrefix, noRedis, PORT, sendTo } from './redis.ts'

const names = Object.keys(clients) as (keyof typeof clients)[]
const send = sendTo(PORT)

describe.skipIf(noRedis !== undefined)('each client', { timeout: 30_000 }, () => {
  const opened = new Map<string, Connection<RedisClient>>()
  const clientOf = (name: string): RedisClient => opened.get(name)?.client as RedisClient
  beforeAll(async () => {
    for (const name of names) opened.set(name, await clients[name](PORT))
  })
  afterAll(async () => {
    for (const { close } of opened.values()) await close()
  })

  it.each(names)('%s does everything that a store does', async (name) => {
    await doEverything(redisStore(clientOf(name), { prefix: freshPrefix() }))
  })

  it('reads what another one wrote', async () => {
    const prefix = freshPrefix()
    for (const name of names) {
      const store = redisStore(clientOf(name), { prefix })
      await store.record(bounces(name))
    }
    for (const name of names) {
      const { items } = await redisStore(clientOf(name), { prefix }).events({})
      expect(items.map((event) => event.id)).toEqual(
        names
          .map((one) => `toy_${one}`)
          .sort()
          .reverse(),
      )
    }
  })

  it('stays open when the store is closed, and the store does not', async () => {
    for (const name of names) {
      const prefix = freshPrefix()
      const store = redisStore(clientOf(name), { prefix })
      await store.close()
      await expect(store.events({})).rejects.toThrow(/\[bouncy\/redis\] close\(\) was called/)
      expect((await redisStore(clientOf(name), { prefix }).events({})).items).toEqual([])
    }
  })

  it('may be a pool', async () => {
    const pool = createClientPool({ url: `redis://127.0.0.1:${PORT}` })
    await pool.connect()
    await doEverything(redisStore(pool, { prefix: freshPrefix() }))
    await pool.close()
  })

  it('may answer with buffers', async () => {
    const client = createClient({
      url: `redis://127.0.0.1:${PORT}`,
      commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    })
    await client.connect()
    const store = redisStore(client, { prefix: freshPrefix() })
    await store.record(bounces('grüße'))
    expect((await store.events({})).items).toEqual([bounce('grüße')])
    expect(await store.findSuppressions(['grüße@example.com'])).toHaveLength(1)
    await client.close()
  })

  it('may answer with numbers as text', async () => {
    const client = createClient({
      url: `redis://127.0.0.1:${PORT}`,
      commandOptions: { typeMapping: { [RESP_TYPES.NUMBER]: String } },
    })
    await client.connect()
    const ioredis = new Redis(PORT, { stringNumbers: true })
    for (const one of [client, ioredis]) {
      const store = redisStore(one, { prefix: freshPrefix() })
      const { events } = await store.record(bounces('kim'))
      expect(events).toMatchObject([{ state: 'new' }])
      await doEverything(redisStore(one, { prefix: freshPrefix() }))
    }
    await client.close()
    ioredis.disconnect()
  })

  it('names no address in the errors of the server', async () => {
    for (const name of names) {
      const prefix = freshPrefix()
      await send(['SET', `${prefix}marks`, 'somebody else’s'])
      const store = redisStore(clientOf(name), { prefix })
      const error = await store.record(bounces('kim')).catch((reason: unknown) => reason)
      expect(error, name).toMatchObject({ message: expect.stringContaining('WRONGTYPE') })
      const told = JSON.stringify({ ...(error as object), text: String((error as Error).stack) })
      expect(told, name).not.toContain('kim@example.com')
    }
  })
})

describe.skipIf(noRedis !== undefined)('a prefix', () => {
  it('keeps stores apart, and what is not ours untouched', async () => {
    const { client, close } = await clients['redis@6'](PORT)
    const outer = freshPrefix()
    const inner = `${outer}events:`
    await send(['SET', `${outer}mine`, 'untouched'])
    const [one, other] = [redisStore(client, { prefix: outer }), redisStore(client, { prefix: inner })]
    await one.record(bounces('ann'))
    await other.record(bounces('ann', 'kim'))
    expect((await one.events({})).items).toHaveLength(1)
    expect((await other.suppressions({ now: NOW })).items).toHaveLength(2)
    expect(await one.findSuppressions(['kim@example.com'])).toEqual([])
    const keys = [...(await contents(send, outer)).keys()]
    expect(keys.filter((key) => key === 'mine' || !/^(events:)?[a-z-]+$/.test(key))).toEqual(['mine'])
    await close()
  })

  it('of ioredis comes before ours', async () => {
    const outer = freshPrefix()
    const client = new Redis(PORT, { keyPrefix: outer })
    await redisStore(client, { prefix: 'b:' }).record(bounces('ann'))
    const { items } = await redisStore((await clients['ioredis@6'](PORT)).client, {
      prefix: `${outer}b:`,
    }).events({})
    expect(items).toEqual([bounce('ann')])
    client.disconnect()
  })
})
