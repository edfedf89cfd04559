import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import type { Store } from '@bouncy/core/store'
import { sqlStore } from '@bouncy/sql'
import { beforeEach, describe, expect, it } from 'vitest'
import { batchOf, handled, NOW, suppressing } from './batches.ts'
import { kyselyOver } from './places.ts'

const ids = Array.from({ length: 100 }, (_, index) => `k${index}`)

describe('records that come together', () => {
  let store: Store
  let database: DatabaseSync
  let statements: string[]
  const count = (word: string): number => statements.filter((sql) => sql === word).length

  beforeEach(async () => {
    database = new DatabaseSync(':memory:')
    statements = []
    const log = ({ query }: { query: { sql: string } }): unknown => statements.push(query.sql)
    const opened = sqlStore({ db: kyselyOver(database, log), dialect: 'sqlite' })
    await opened.migrate()
    await opened.events({})
    statements.length = 0
    store = opened
  })

  it('share a commit', async () => {
    const results = await Promise.all(ids.map((id) => store.record(batchOf(id))))
    expect(results.map((result) => result.events[0]?.id)).toEqual(ids.map((id) => `toy_${id}`))
    expect(count('commit')).toBe(1)
    await Promise.all(ids.map((id) => store.settle([{ id: `toy_${id}`, outcome: 'settled' }])))
    expect(count('commit')).toBe(2)
  })

  it('share it with those of the same turn of the event loop', async () => {
    const first = store.record(batchOf('a'))
    await Promise.resolve()
    const second = store.record(batchOf('b'))
    await Promise.all([first, second])
    expect(count('commit')).toBe(1)
  })

  it('resolve after the commit, not before', async () => {
    const recording = store.record(batchOf('a')).then(() => count('commit'))
    expect(await recording).toBe(1)
  })

  it('gather in groups that are not too large', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => `m${index}`)
    await Promise.all(many.map((id) => store.record(batchOf(id))))
    expect(count('commit')).toBeGreaterThan(1)
    expect(count('commit')).toBeLessThan(10)
  })

  it('do not fail for one of them', async () => {
    const mark = { ...suppressing('poison').mark, note: 1n } as never
    const poison = { ...batchOf('poison'), marks: [{ key: 'poison@example.com', mark }] }
    const outcomes = await Promise.allSettled(
      [...ids.slice(0, 9), 'poison', ...ids.slice(9)].map((id) =>
        store.record(id === 'poison' ? poison : batchOf(id)),
      ),
    )
    expect(outcomes.map((one) => one.status).indexOf('rejected')).toBe(9)
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(100)
    expect(count('commit')).toBeLessThan(20)
    const { n } = database.prepare('select count(*) as n from bouncy_events').get() as { n: number }
    expect(n).toBe(100)
    expect(await store.findSuppressions(ids.map((id) => `${id}@example.com`))).toHaveLength(100)
  })

  it('do not fail for one that the database refuses', async () => {
    const refused = { ...batchOf(), events: [handled('bad', { provider: null as never })] }
    const outcomes = await Promise.allSettled([store.record(batchOf('a')), store.record(refused)])
    expect(outcomes).toEqual([
      {
        status: 'fulfilled',
        value: { events: [{ id: 'toy_a', state: 'new', attempt: 0 }], tokenReused: false },
      },
      {
        status: 'rejected',
        reason: expect.objectContaining({ message: expect.stringContaining('NOT NULL') }),
      },
    ])
  })

  it('are told once, together, that no transaction can begin', async () => {
    database.exec('begin')
    const outcomes = await Promise.allSettled(ids.map((id) => store.record(batchOf(id))))
    expect(new Set(outcomes.map((one) => one.status))).toEqual(new Set(['rejected']))
    expect(count('begin')).toBe(1)
    database.exec('rollback')
    expect((await store.record(batchOf('a'))).events[0]?.state).toBe('new')
  })

  it('see each other, in their order', async () => {
    const unsettled = (id: string): ReturnType<typeof handled> => ({ ...handled(id), settled: false })
    const batch = { ...batchOf(), events: [unsettled('a')] }
    const results = await Promise.all([
      store.record({ ...batch, leaseUntil: NOW + 10 }),
      store.record({ ...batch, now: NOW + 5 }),
      store.record({ ...batch, now: NOW + 10 }),
      store.record({ ...batch, now: NOW + 11 }),
    ])
    expect(results.map(({ events: [one] }) => `${one?.state} ${one?.attempt}`)).toEqual([
      'new 1',
      'busy 0',
      'again 2',
      'busy 0',
    ])
    expect(count('commit')).toBe(1)
    const later = { now: NOW + 60_000, dueBy: NOW + 60_000, leaseUntil: NOW + 90_000, limit: 9 }
    expect(await store.claim({ ...later, now: NOW + 59_999 })).toEqual([])
    expect(await store.claim(later)).toEqual([expect.objectContaining({ attempt: 3 })])
  })

  it('leave the event loop free between their groups', async () => {
    let turns = 0
    let done = false
    const counting = (async () => {
      while (!done) {
        await setImmediate()
        turns += 1
      }
    })()
    for (let group = 0; group < 10; group += 1) await store.record(batchOf(`g${group}`))
    done = true
    await counting
    expect(turns).toBeGreaterThanOrEqual(10)
  })
})
