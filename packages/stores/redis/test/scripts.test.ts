import { type NodeRedisClient, redisStore } from '@bouncy/redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bounces } from './batches.ts'
import { type Connection, clients } from './clients.ts'
import { isWrite, watched } from './interference.ts'
import { noServer } from './redis.ts'
import { type Server, startServer } from './server.ts'

describe.skipIf(noServer !== undefined)('a script', () => {
  let server: Server
  let connection: Connection<NodeRedisClient>
  beforeAll(async () => {
    // of our own: others, too, may not expect their scripts to be forgotten
    server = await startServer()
    connection = await clients['redis@6'](server.port)
  })
  afterAll(async () => {
    await connection.close()
    await server.remove()
  })

  it('is sent whole once, and again when the server has forgotten it', async () => {
    const { client } = connection
    const sent: string[] = []
    const store = redisStore(watched(client, (command) => sent.push(command)))
    async function writesOf(work: Promise<unknown>): Promise<readonly string[]> {
      await work
      return sent.splice(0).filter(isWrite)
    }
    expect(await writesOf(store.record(bounces('a')))).toEqual(['evalsha', 'eval'])
    expect(await writesOf(store.record(bounces('b')))).toEqual(['evalsha'])
    await client.sendCommand(['SCRIPT', 'FLUSH'])
    expect(await writesOf(store.record(bounces('c')))).toEqual(['evalsha', 'eval'])
    expect(await writesOf(store.record(bounces('d')))).toEqual(['evalsha'])
    await client.sendCommand(['SCRIPT', 'FLUSH'])
    await store.erase({
      key: 'kim@example.com',
      spellings: ['c@example.com'],
      tombstone: 'erased:1',
      anonymise: (event) => event,
      redact: (event) => ({ ...event, raw: 'redacted' }),
    })
    const { items } = await store.events({})
    expect(items.map(({ raw }) => raw)).toEqual([{ id: 'd' }, 'redacted', { id: 'b' }, { id: 'a' }])
  })
})
