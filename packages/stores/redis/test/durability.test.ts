import { redisStore } from '@bouncy/redis'
import { createClient } from 'redis'
import { afterEach, describe, expect, it } from 'vitest'
import { batchOf, bounces, range, suppressing } from './batches.ts'
import { clients } from './clients.ts'
import { actualSetsOf, sortedSetsOf } from './layout.ts'
import { contents, noServer, sendTo } from './redis.ts'
import { type Server, startServer } from './server.ts'

const ALWAYS = ['--appendonly', 'yes', '--appendfsync', 'always']

describe.skipIf(noServer !== undefined)('an acknowledged event', { timeout: 60_000 }, () => {
  const servers: Server[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.remove()
  })

  /** Records until so many batches are acknowledged, and kills the server in the middle of it. */
  async function recordUntilKilled(server: Server, last: number): Promise<readonly string[]> {
    const client = createClient({ socket: { port: server.port, reconnectStrategy: false } })
    client.on('error', () => {})
    await client.connect()
    const store = redisStore(client)
    const acknowledged: string[] = []
    let next = 0
    let killing: Promise<void> | undefined
    async function work(): Promise<void> {
      while (killing === undefined) {
        const index = next
        next += 1
        const ids = range(3).map((part) => `e${index}-${part}`)
        const everybodys = suppressing(`e${index}-0`, 'everybody@example.com', `s${index % 40}`)
        const batch = bounces(...ids)
        try {
          await store.record(batchOf({ ...batch, marks: [...batch.marks, everybodys] }))
        } catch (error) {
          if (killing === undefined) throw error
          return
        }
        acknowledged.push(...ids)
        if (acknowledged.length >= last * 3) killing ??= server.kill()
      }
    }
    await Promise.all(range(16).map(work))
    await killing
    return acknowledged
  }

  it.each([50, 133, 271, 480])(
    'is there after kill -9 under load, with appendfsync always (%i batches)',
    async (last) => {
      const server = await startServer(...ALWAYS)
      servers.push(server)
      const acknowledged = await recordUntilKilled(server, last)
      expect(acknowledged.length).toBeGreaterThanOrEqual(last * 3)
      const started = performance.now()
      await server.start()
      const found = await contents(sendTo(server.port), 'bouncy:')
      expect(performance.now() - started).toBeLessThan(5000)
      const events = new Set(found.get('events'))
      expect(acknowledged.filter((id) => !events.has(`toy_${id}`))).toEqual([])
      // no batch is there in part
      expect((found.get('events')?.length ?? 0) % 6).toBe(0)
      expect(actualSetsOf(found)).toEqual(sortedSetsOf(found))
      const { client, close } = await clients['redis@6'](server.port)
      const store = redisStore(client)
      const keys = acknowledged.map((id) => `${id}@example.com`)
      expect(await store.findSuppressions(keys)).toHaveLength(keys.length)
      expect((await store.record(bounces(acknowledged[0] ?? ''))).events[0]?.state).toBe('settled')
      await close()
    },
  )

  it('is gone after kill -9 where Redis keeps nothing on disk, as the README says', async () => {
    const server = await startServer()
    servers.push(server)
    const acknowledged = await recordUntilKilled(server, 20)
    expect(acknowledged.length).toBeGreaterThan(0)
    await server.start()
    expect(await contents(sendTo(server.port), 'bouncy:')).toEqual(new Map())
  })
})
