import { setImmediate } from 'node:timers/promises'
import type { Store } from '@bouncy/core'
import { type FilterOptions, filteredStore } from '@bouncy/core/filter'
import type { Mark, NewMark, RecordBatch } from '@bouncy/core/store'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { testStore } from '@bouncy/testkit'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { batchOf, NOW } from './batches.ts'
import { freshPaths } from './places.ts'
import { openPostgresServer } from './postgres-server.ts'
import { reach } from './servers.ts'

const STALE = 10_000
const LATE = 60_000
const PEOPLE = ['ann', 'bob', 'kim', 'lee', 'mia'].map((name) => `${name}@example.com`)
const tombstoneOf = (key: string): string => `erased:2026:${key.padEnd(43, 'x').replaceAll(/\W/g, '_')}`
const KEYS = [...PEOPLE, ...PEOPLE.map(tombstoneOf)]

/** Asks what is due, and waits until there is nothing left of that. */
async function settle({ store, inner }: Process): Promise<void> {
  await store.findSuppressions(['nobody@example.com'])
  let before: number
  do {
    before = inner.calls
    for (let turn = 0; turn < 20 || inner.running > 0; turn += 1) await setImmediate()
  } while (inner.calls > before)
}

interface Process {
  readonly store: Store
  readonly inner: { calls: number; running: number; asked: number }
}

function openProcess(store: Store, options: FilterOptions = { maxStaleMs: STALE, lateMs: LATE }): Process {
  const inner = { calls: 0, running: 0, asked: 0 }
  async function count<T>(answer: Promise<T>): Promise<T> {
    inner.calls += 1
    inner.running += 1
    return answer.finally(() => {
      inner.running -= 1
    })
  }
  const counted: Store = {
    ...store,
    audit: (query) => count(store.audit(query)),
    suppressions: (query) => count(store.suppressions(query)),
    findSuppressions(keys) {
      inner.asked += 1
      return store.findSuppressions(keys)
    },
  }
  return { store: filteredStore(counted, options), inner }
}

/** Until its filter answers by itself. */
async function warm(one: Process): Promise<void> {
  await settle(one)
  vi.advanceTimersByTime(LATE)
  await settle(one)
  await settle(one)
  const { asked } = one.inner
  await one.store.findSuppressions(['nobody@example.com'])
  expect(one.inner.asked).toBe(asked)
}

let count = 0
const batch = (...marks: readonly NewMark[]): RecordBatch => ({ ...batchOf(), marks })

function markOf(what: 'suppress' | 'strike' | 'lift', key: string): NewMark {
  count += 1
  const at = NOW + count
  const id = `hand_${count}`
  const marks: Readonly<Record<typeof what, Mark>> = {
    suppress: { kind: 'suppress', at, id, reason: 'manual', fresh: true },
    strike: { kind: 'strike', at, id, reason: 'bounce', ledger: 'soft', limit: 2, windowMs: 1e9 },
    lift: { kind: 'lift', at, actor: 'support', fresh: true },
  }
  return { key, mark: marks[what] }
}

const step = fc.record({
  by: fc.nat(1),
  what: fc.constantFrom('suppress', 'strike', 'lift', 'erase', 'ask', 'ask', 'settle', 'settle', 'pass'),
  key: fc.constantFrom(...PEOPLE),
  ms: fc.integer({ min: 1, max: STALE }),
})
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never

/** What a process does. @returns whose suppressions it may have changed */
async function take(process: Process, { what, key, ms }: Step): Promise<readonly string[]> {
  const { store } = process
  if (what === 'pass') vi.advanceTimersByTime(ms)
  if (what === 'settle') await settle(process)
  if (what === 'ask' || what === 'settle' || what === 'pass') return []
  if (what !== 'erase') {
    await store.record(batch(markOf(what, key)))
    return [key]
  }
  const tombstone = tombstoneOf(key)
  await store.erase({ key, tombstone, spellings: [key], anonymise: (one) => one, redact: (one) => one })
  return [key, tombstone]
}

/**
 * Two processes do whatever. Neither overlooks what it wrote itself, nor what has been written for longer than the
 * filter may take; and nobody is found who is not suppressed.
 */
async function expectNothingOverlooked(open: () => Promise<Store>, steps: readonly Step[]): Promise<void> {
  const truth = await open()
  await truth.record(batch(markOf('suppress', 'ann@example.com')))
  const processes = [openProcess(await open()), openProcess(await open())]
  const written = new Map<string, { readonly by: number; readonly at: number }>()
  for (const one of processes) await warm(one)
  for (const one of steps) {
    const process = processes[one.by] as Process
    for (const key of await take(process, one)) written.set(key, { by: one.by, at: performance.now() })
    if (one.what === 'pass') continue
    const listed = new Set((await truth.findSuppressions(KEYS)).map(({ address }) => address))
    const found = new Set((await process.store.findSuppressions(KEYS)).map(({ address }) => address))
    expect([...found].filter((key) => !listed.has(key))).toEqual([])
    const overlooked = [...listed].filter((key) => !found.has(key))
    const excused = overlooked.filter((key) => {
      const { by = one.by, at = Number.NEGATIVE_INFINITY } = written.get(key) ?? {}
      return by !== one.by && performance.now() - at <= STALE
    })
    expect(overlooked).toEqual(excused)
  }
  for (const { store } of processes) await store.close()
  await truth.close()
}

const freshPath = freshPaths()
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('filters of two processes over one SQLite file', () => {
  it('never overlook who is suppressed', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const path = freshPath()
        await expectNothingOverlooked(async () => sqliteStore(path), steps)
      }),
      { numRuns: 60 },
    )
  })
})

const server = await reach('PostgreSQL at 127.0.0.1:5432', openPostgresServer)

if (server !== undefined) {
  describe('filters of two processes over PostgreSQL', () => {
    beforeAll(async () => {
      await server.drop()
      await server.store().migrate()
    }, 60_000)
    afterAll(() => server.end(), 60_000)

    it('never overlook who is suppressed', { timeout: 60_000 }, async () => {
      // each store listens to each connection of the pool, so they are opened once
      const stores = [server.store(), server.store(), server.store()].map((one) => ({
        ...one,
        close: async () => {},
      }))
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          await server.empty()
          const rest = stores.values()
          await expectNothingOverlooked(async () => rest.next().value as Store, steps)
        }),
        { numRuns: 25 },
      )
    })

    it('find what was written before something newer, and committed after it', async () => {
      await server.empty()
      const one = openProcess(server.store())
      const other = server.store()
      await warm(one)
      const slow = await server.begin()
      const data = JSON.stringify({
        address: 'slow@example.com',
        reason: 'manual',
        since: '2026-11-01T00:00:00.000Z',
      })
      await slow.query(`
        insert into bouncy_suppressions (address, place, reason, data) values ('slow@example.com', 'manual', 'manual', '${data}');
        insert into bouncy_audit (address, changed_at, data) values ('slow@example.com', 0, '{"change":"suppressed","reason":"manual"}')`)
      await other.record(batch(markOf('suppress', 'quick@example.com')))
      vi.advanceTimersByTime(STALE / 2)
      await settle(one)
      expect(await one.store.findSuppressions(['quick@example.com'])).toHaveLength(1)
      await slow.commit()
      vi.advanceTimersByTime(STALE / 2)
      await settle(one)
      const { asked } = one.inner
      expect(await one.store.findSuppressions(['slow@example.com'])).toHaveLength(1)
      await one.store.findSuppressions(['nobody@example.com'])
      expect(one.inner.asked).toBe(asked + 1)
      await one.store.close()
    })
  })
}

describe('a filter over SQLite', () => {
  beforeEach(() => {
    vi.useRealTimers()
  })
  let path = ''
  testStore(
    'filteredStore(sqliteStore(path))',
    async () => {
      path = freshPath()
      const one = openProcess(sqliteStore(path), { maxStaleMs: 3_600_000, lateMs: 0 })
      await settle(one)
      return one.store
    },
    {
      reopen: () => filteredStore(sqliteStore(path)),
      skip: { transactions: 'shown of the store itself' },
    },
  )
})
