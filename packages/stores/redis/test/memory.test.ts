import { redisStore } from '@bouncy/redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { batchOf, NOW, range, settled, unsettled } from './batches.ts'
import { clients } from './clients.ts'
import { actualSetsOf, sortedSetsOf } from './layout.ts'
import { contents, noServer, sendTo } from './redis.ts'
import { type Server, startServer } from './server.ts'

describe.skipIf(noServer !== undefined)('a Redis that is full', { timeout: 30_000 }, () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer('--maxmemory-policy', 'noeviction')
  })
  afterAll(() => server.remove())

  it('takes nothing new, whole or in part, but can be tidied up', async () => {
    const { client, close } = await clients['redis@6'](server.port)
    const store = redisStore(client)
    const send = sendTo(server.port)
    const handled = batchOf({ events: range(20).map((index) => unsettled(`handled${index}`)) })
    await store.record(handled)
    const fat = (name: string) => settled(name, { raw: 'x'.repeat(5_000) })
    const stored = 400
    await store.record(batchOf({ events: range(stored).map((index) => fat(`e${index}`)) }))
    const used = Number(/used_memory:(\d+)/.exec(String(await send(['INFO', 'memory'])))?.[1])
    await send(['CONFIG', 'SET', 'maxmemory', String(used - 500_000)])
    const more = batchOf({ events: [fat('more1'), unsettled('more2')] })
    await expect(store.record(more)).rejects.toThrow(/^OOM /)

    await store.settle([{ id: 'toy_handled0', outcome: 'settled' }])
    const again = { now: NOW + 90_000, dueBy: NOW, leaseUntil: NOW + 99_000, limit: 100 }
    expect(await store.claim(again)).toHaveLength(19)
    const found = await contents(send, 'bouncy:')
    expect(found.get('events')).toHaveLength(2 * (stored + 20))
    expect(actualSetsOf(found)).toEqual(sortedSetsOf(found))

    const nothing = { eventsBefore: 0, quarantinedBefore: 0, addressesBefore: 0, auditBefore: 0 }
    const limits = {
      ...nothing,
      now: NOW,
      rawBefore: NOW + 1,
      redact: (event: object) => ({ ...event, raw: null }),
    }
    expect(await store.prune(limits as never)).toMatchObject({ redacted: stored + 20 })
    expect((await store.record(more)).events[0]?.state).toBe('new')
    await close()
  })
})
