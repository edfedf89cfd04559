import { type NodeRedisClient, redisStore } from '@bouncy/redis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { batchOf, bounces, NOW, range, settled, suppressing, unsettled } from './batches.ts'
import { type Connection, clients } from './clients.ts'
import { isWrite, watched } from './interference.ts'
import { freshPrefix, noRedis, PORT } from './redis.ts'

const KIM = 'kim@example.com'

describe.skipIf(noRedis !== undefined)('a commit', { timeout: 30_000 }, () => {
  let connection: Connection<NodeRedisClient>
  let prefix = ''
  beforeAll(async () => {
    connection = await clients['redis@6'](PORT)
  })
  beforeEach(() => {
    prefix = freshPrefix()
  })
  afterAll(() => connection.close())
  const plain = () => redisStore(connection.client, { prefix })
  /** Somebody else changes what is known of Kim. */
  const race = (stream: string) => {
    const { key, mark } = suppressing('race', KIM, stream)
    return plain().record(batchOf({ marks: [{ key, mark }] }))
  }

  it('is shared by records that come together', async () => {
    const sent: string[] = []
    const store = redisStore(
      watched(connection.client, (command) => sent.push(command)),
      { prefix },
    )
    await store.record(bounces('first'))
    sent.length = 0
    const ids = range(100).map((index) => `e${index}`)
    const results = await Promise.all(ids.map((id) => store.record(bounces(id))))
    expect(results.map(({ events }) => events[0]?.id)).toEqual(ids.map((id) => `toy_${id}`))
    expect(sent.filter(isWrite)).toHaveLength(1)
    await Promise.all(ids.map((id) => store.settle([{ id: `toy_${id}`, outcome: 'settled' }])))
    // they were settled before, so there is nothing to write
    expect(sent.filter(isWrite)).toHaveLength(1)
    expect(sent).toHaveLength(5)
  })

  it('is not what a check needs, of which five commands are enough for fifty thousand addresses', async () => {
    const sent: string[] = []
    const store = redisStore(
      watched(connection.client, (command) => sent.push(command)),
      { prefix },
    )
    const keys = range(50_000).map((index) => `recipient${index}@example.com`)
    const { key, mark } = suppressing('a', keys[49_999])
    await store.record(batchOf({ marks: [{ key, mark }] }))
    sent.length = 0
    expect(await store.findSuppressions(keys)).toMatchObject([{ address: keys[49_999] }])
    expect(sent).toHaveLength(5)
  })

  it('is not shared by more than the server does in a moment', async () => {
    let rows = 0
    const store = redisStore(
      watched(connection.client, (command, args) => {
        if (isWrite(command)) rows = Math.max(rows, args.filter((arg) => arg.startsWith('{"id"')).length)
      }),
      { prefix },
    )
    await Promise.all(range(900).map((index) => store.record(batchOf({ events: [settled(`e${index}`)] }))))
    expect(rows).toBeGreaterThan(100)
    expect(rows).toBeLessThanOrEqual(256)
  })

  it('lets records of one group see each other, in their order', async () => {
    const store = plain()
    const batch = batchOf({ events: [unsettled('a')] })
    const results = await Promise.all([
      store.record({ ...batch, leaseUntil: NOW + 10 }),
      store.record({ ...batch, now: NOW + 5 }),
      store.record({ ...batch, now: NOW + 10 }),
      store.settle([{ id: 'toy_a', outcome: 'dead' }]),
      store.record({ ...batch, now: NOW + 99 }),
    ])
    const states = results.map((result) => `${result?.events[0]?.state} ${result?.events[0]?.attempt}`)
    expect(states).toEqual(['new 1', 'busy 0', 'again 2', 'undefined undefined', 'dead 0'])
  })

  it('does not fail for one of them', async () => {
    const store = plain()
    const { key, mark } = suppressing('bad')
    // no date is so late, which only shows when the mark is folded
    const bad = { key, mark: { ...mark, at: 1e20 } as typeof mark }
    const outcomes = await Promise.allSettled(
      range(9).map((index) =>
        store.record(
          index === 4 ? batchOf({ events: [settled('bad')], marks: [bad] }) : bounces(`e${index}`),
        ),
      ),
    )
    expect(outcomes.map(({ status }) => status).indexOf('rejected')).toBe(4)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(8)
    expect((await store.events({})).items).toHaveLength(8)
    expect(await store.findSuppressions(['bad@example.com'])).toEqual([])
    expect((await store.audit({})).items).toHaveLength(8)
  })

  it('is computed anew where somebody else was faster', async () => {
    let raced = 0
    const store = redisStore(
      watched(connection.client, async (command) => {
        if (!isWrite(command) || raced === 2) return
        raced += 1
        const event = settled(raced === 1 ? 'a' : `other${raced}`)
        const mark = suppressing(event.event.id.slice(4), KIM, `raced${raced}`)
        await plain().record(batchOf({ events: [event], marks: [mark] }))
      }),
      { prefix },
    )
    const { events } = await store.record(
      batchOf({
        events: [settled('a'), settled('b')],
        marks: [suppressing('a', KIM, 'mine-a'), suppressing('b', KIM, 'mine-b')],
      }),
    )
    expect(events.map(({ state }) => state)).toEqual(['settled', 'new'])
    const found = await store.findSuppressions([KIM])
    expect(found.map(({ scope }) => scope?.stream).sort()).toEqual(['mine-b', 'raced1', 'raced2'])
    expect((await store.audit({ address: KIM })).items.map(({ scope }) => scope?.stream)).toEqual([
      'mine-b',
      'raced2',
      'raced1',
    ])
  })

  it('gives up in the end where somebody else is always faster, and stores nothing', async () => {
    let raced = 0
    const store = redisStore(
      watched(connection.client, async (command) => {
        if (!isWrite(command)) return
        raced += 1
        await race(`raced${raced}`)
      }),
      { prefix },
    )
    const recording = store.record(batchOf({ events: [settled('a')], marks: [suppressing('a', KIM)] }))
    await expect(recording).rejects.toThrow(/\[bouncy\/redis\] others changed .* try again later/)
    expect(raced).toBeGreaterThan(10)
    expect((await plain().events({})).items).toEqual([])
    expect(await plain().findSuppressions([KIM])).toHaveLength(raced)
  })

  it('holds up nobody who is in nobody’s way', async () => {
    let raced = 0
    const store = redisStore(
      watched(connection.client, async (command, args) => {
        if (!isWrite(command) || !args.includes(KIM)) return
        raced += 1
        await race(`raced${raced}`)
      }),
      { prefix },
    )
    let given = false
    const hopeless = store.record(batchOf({ events: [settled('kim')], marks: [suppressing('kim', KIM)] }))
    hopeless.catch(() => {
      given = true
    })
    await Promise.all(range(9).map((index) => store.record(bounces(`e${index}`))))
    await store.record(bounces('later'))
    expect(given).toBe(false)
    await expect(hopeless).rejects.toThrow(/try again later/)
  })

  it('loses nothing of what fifty stores record of one address at once', async () => {
    const others = await Promise.all(range(10).map(() => clients['ioredis@6'](PORT)))
    const stores = range(50).map((index) =>
      redisStore((others[index % 10] as Connection<never>).client, { prefix }),
    )
    const results = await Promise.all(
      stores.map((store, index) =>
        store.record(
          batchOf({
            events: [settled('shared'), settled(`e${index}`)],
            marks: [suppressing('shared', KIM, 'shared'), suppressing(`e${index}`, KIM, `s${index}`)],
          }),
        ),
      ),
    )
    expect(results.filter(({ events }) => events[0]?.state === 'new')).toHaveLength(1)
    expect(results.filter(({ events }) => events[1]?.state === 'new')).toHaveLength(50)
    expect(await plain().findSuppressions([KIM])).toHaveLength(51)
    expect((await plain().audit({ address: KIM, limit: 100 })).items).toHaveLength(51)
    expect((await plain().suppressions({ now: NOW, limit: 100 })).items).toHaveLength(51)
    for (const { close } of others) await close()
  })
})
