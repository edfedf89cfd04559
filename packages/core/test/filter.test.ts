import { setImmediate } from 'node:timers/promises'
import { memoryStore, type Store } from '@bouncy/core'
import { type FilterOptions, filteredStore } from '@bouncy/core/filter'
import type { RecordBatch } from '@bouncy/core/store'
import { testStore } from '@bouncy/testkit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const NOW = Date.parse('2026-11-01T00:00:00Z')
const STALE = 10_000

/** A store that tells how often it was asked what, and fails when it is to. */
function watch(inner: Store) {
  const asked: string[] = []
  const fault = { audit: false }
  let busy = 0
  async function follow<T>(answer: Promise<T>): Promise<T> {
    busy += 1
    return answer.finally(() => {
      busy -= 1
    })
  }
  const store: Store = {
    ...inner,
    findSuppressions(keys) {
      asked.push(...keys)
      return inner.findSuppressions(keys)
    },
    suppressions: (query) => follow(inner.suppressions(query)),
    audit: (query) =>
      follow(fault.audit ? Promise.reject(new Error('the database is away')) : inner.audit(query)),
  }
  const idle = () => vi.waitUntil(() => busy === 0, { interval: 1 })
  return { store, asked, fault, idle }
}

let count = 0
const id = (): string => {
  count += 1
  return `toy_${count}`
}
const record = (store: Store, marks: RecordBatch['marks']) =>
  store.record({ now: NOW, leaseUntil: NOW, events: [], marks, quarantined: [], tokens: [] })

const suppress = (store: Store, ...keys: readonly string[]) => {
  const evidence = { kind: 'suppress', at: NOW, reason: 'manual', fresh: true } as const
  return record(
    store,
    keys.map((key) => ({ key, mark: { ...evidence, id: id() } })),
  )
}

/** Half of what suppresses. */
const strike = (store: Store, ...keys: readonly string[]) => {
  const evidence = {
    kind: 'strike',
    at: NOW,
    reason: 'bounce',
    ledger: 'soft',
    limit: 2,
    windowMs: 1,
  } as const
  return record(
    store,
    keys.map((key) => ({ key, mark: { ...evidence, id: id() } })),
  )
}

/** A filter over a memory that somebody else writes to as well. */
function open(options: FilterOptions = {}, inner: Store = memoryStore()) {
  const watched = watch(inner)
  const store = filteredStore(watched.store, { maxStaleMs: STALE, lateMs: 0, ...options })
  /** Whether it asked the database, and what it found. */
  async function find(...keys: readonly string[]) {
    watched.asked.length = 0
    const found = await store.findSuppressions(keys)
    return { asked: [...watched.asked], found: found.map(({ address }) => address) }
  }
  /** Asks, and waits for what that sets off. */
  async function catchUp() {
    await find('nobody@example.com')
    await vi.waitUntil(
      async () => {
        await watched.idle()
        return (await find('nobody@example.com')).asked.length === 0
      },
      { interval: 1 },
    )
  }
  return { ...watched, inner, filtered: store, find, catchUp }
}

testStore(
  'filteredStore(memoryStore())',
  async () => {
    const { filtered, catchUp } = open({ maxStaleMs: 3_600_000 })
    await catchUp()
    return filtered
  },
  { skip: { reopen: 'it forgets at exit', transactions: 'memory has none' } },
)

describe('filteredStore', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('asks the database until all is loaded, and then only about who may be suppressed', async () => {
    const inner = memoryStore()
    const keys = Array.from({ length: 2_500 }, (_, index) => `listed-${index}@example.com`)
    await suppress(inner, ...keys)
    const { find, catchUp } = open({}, inner)
    expect((await find('nobody@example.com')).asked).toEqual(['nobody@example.com'])
    await catchUp()
    expect(await find('nobody@example.com')).toEqual({ asked: [], found: [] })
    expect((await find('nobody@example.com', ...keys)).found).toEqual(keys)
  })

  it('knows at once what it writes itself, also when that fails', async () => {
    const { filtered, store, find, catchUp } = open()
    await catchUp()
    const answers: unknown[] = []
    store.record = async () => {
      answers.push(await find('kim@example.com'))
      throw new Error('the disk is full')
    }
    await expect(suppress(filtered, 'kim@example.com')).rejects.toThrow('the disk is full')
    expect(answers).toEqual([{ asked: ['kim@example.com'], found: [] }])
  })

  it('finds what others wrote when half of its time is over, at the next but one question', async () => {
    const { inner, find, catchUp } = open()
    await catchUp()
    await suppress(inner, 'kim@example.com')
    expect((await find('kim@example.com')).found).toEqual([])
    vi.advanceTimersByTime(STALE / 2)
    await catchUp()
    expect((await find('kim@example.com')).found).toEqual(['kim@example.com'])
  })

  it.each([
    ['the clock', () => vi.advanceTimersByTime(STALE + 1)],
    ['the one on the wall, as after sleep', () => vi.setSystemTime(Date.now() + STALE + 1)],
    [
      'the steady one, though the other is set back',
      () => {
        vi.advanceTimersByTime(STALE + 1)
        vi.setSystemTime(Date.now() - 3_600_000)
      },
    ],
  ])('steps aside when it is overdue by %s', async (_, pass) => {
    const { inner, find, catchUp } = open()
    await catchUp()
    await suppress(inner, 'kim@example.com')
    pass()
    expect((await find('kim@example.com')).found).toEqual(['kim@example.com'])
  })

  it('steps aside where it cannot learn what others wrote, and comes back', async () => {
    const { inner, fault, find, catchUp, idle } = open()
    await catchUp()
    fault.audit = true
    await suppress(inner, 'kim@example.com')
    for (let round = 0; round < 4; round += 1) {
      vi.advanceTimersByTime(STALE / 3)
      await find('nobody@example.com')
      await idle()
    }
    expect((await find('kim@example.com', 'nobody@example.com')).asked).toHaveLength(2)
    expect((await find('kim@example.com')).found).toEqual(['kim@example.com'])
    fault.audit = false
    vi.advanceTimersByTime(STALE / 3)
    await catchUp()
    expect((await find('kim@example.com')).found).toEqual(['kim@example.com'])
  })

  it('finds what others write while it loads', async () => {
    const { inner, store, find, catchUp } = open()
    const { suppressions } = inner
    store.suppressions = async (query) => {
      const page = await suppressions(query)
      await suppress(inner, `${query.prefix || 'late'}@example.com`)
      return page
    }
    await catchUp()
    expect((await find('late@example.com', 'erased:@example.com')).found).toHaveLength(2)
  })

  it('finds whom others erase while it loads', async () => {
    const { inner, store, find, catchUp } = open()
    const tombstone = `erased:2026:${'x'.repeat(43)}`
    const erase = async (key: string) =>
      inner.erase({ key, tombstone, spellings: [key], anonymise: (one) => one, redact: (one) => one })
    await suppress(inner, 'zoe@example.com')
    await suppress(inner, ...Array.from({ length: 1_001 }, (_, index) => `k${index}@example.com`))
    const { suppressions } = inner
    store.suppressions = async (query) => {
      const page = await suppressions(query)
      if (page.next !== undefined) await erase('zoe@example.com')
      return page
    }
    await catchUp()
    expect((await find('zoe@example.com', tombstone)).found).toEqual([tombstone])
  })

  it('finds who is suppressed only by what was known of several that were erased', async () => {
    const { inner, filtered, find, catchUp } = open()
    const tombstone = `erased:2026:${'x'.repeat(43)}`
    const [key, other] = ['kim@example.com', 'lee@example.com']
    await find(key, tombstone)
    await catchUp()
    const erasure = { tombstone, spellings: [], anonymise: <T>(one: T) => one, redact: <T>(one: T) => one }
    await strike(inner, key, other)
    await inner.erase({ ...erasure, key })
    await filtered.erase({ ...erasure, key: other })
    expect((await find(tombstone)).found).toEqual([tombstone])
  })

  it('finds at once whom others erase of those that it knows', async () => {
    const { inner, find, catchUp } = open()
    const tombstone = `erased:2026:${'x'.repeat(43)}`
    const key = 'kim@example.com'
    await suppress(inner, key)
    await find(key, tombstone)
    await catchUp()
    await inner.erase({ key, tombstone, spellings: [key], anonymise: (one) => one, redact: (one) => one })
    expect((await find(key, tombstone)).found).toEqual([tombstone])
  })

  it('finds that of others, though it leaves nothing in the trail', async () => {
    const { inner, find, catchUp } = open()
    const tombstone = `erased:2026:${'x'.repeat(43)}`
    const keys = ['kim@example.com', 'lee@example.com']
    await find(tombstone)
    await catchUp()
    const erasure = { tombstone, spellings: [], anonymise: <T>(one: T) => one, redact: <T>(one: T) => one }
    await strike(inner, ...keys)
    for (const key of keys) await inner.erase({ ...erasure, key })
    vi.advanceTimersByTime(STALE / 2)
    await catchUp()
    expect((await find(...keys, tombstone)).found).toEqual([tombstone])
  })

  it('waits for transactions that may have begun before it, before it loads', async () => {
    const { find, idle, catchUp } = open({ lateMs: 60_000 })
    for (let round = 0; round < 20; round += 1) {
      expect((await find('nobody@example.com')).asked).toHaveLength(1)
      await idle()
      await setImmediate()
      vi.advanceTimersByTime(STALE / 4)
    }
    vi.advanceTimersByTime(60_000)
    await catchUp()
    expect((await find('nobody@example.com')).asked).toEqual([])
  })

  it('finds changes that say the same as others at the same time', async () => {
    const { inner, find, catchUp } = open()
    const lift = { kind: 'lift', at: NOW, actor: 'kim', fresh: true } as const
    const again = async (key: string) => {
      await suppress(inner, key)
      await inner.record({
        now: NOW,
        leaseUntil: NOW,
        events: [],
        marks: [{ key, mark: lift }],
        quarantined: [],
        tokens: [],
      })
    }
    await again('kim@example.com')
    await catchUp()
    await suppress(inner, 'ann@example.com')
    await again('kim@example.com')
    await again('kim@example.com')
    vi.advanceTimersByTime(STALE / 2)
    await catchUp()
    expect((await find('ann@example.com')).found).toEqual(['ann@example.com'])
  })

  it('loads again when it has grown, and when the trail was cut', async () => {
    const { inner, store, find, catchUp } = open()
    await suppress(inner, 'first@example.com')
    await catchUp()
    const listings = vi.spyOn(store, 'suppressions')
    const many = Array.from({ length: 10_100 }, (_, index) => `listed-${index}@example.com`)
    await suppress(inner, ...many)
    vi.advanceTimersByTime(STALE / 2)
    await catchUp()
    vi.advanceTimersByTime(STALE / 2)
    await catchUp()
    expect(listings).toHaveBeenCalled()
    await suppress(inner, 'lost@example.com')
    const all = { rawBefore: 0, eventsBefore: 0, quarantinedBefore: 0, addressesBefore: 0 }
    await inner.prune({ ...all, now: NOW, auditBefore: NOW + 1, redact: (event) => event })
    await suppress(inner, 'last@example.com')
    vi.advanceTimersByTime(STALE / 2)
    await catchUp()
    vi.advanceTimersByTime(STALE / 2)
    await catchUp()
    const some = ['last@example.com', 'lost@example.com', 'first@example.com']
    expect((await find(...some)).found).toEqual(some)
    expect((await find(...many)).found).toHaveLength(10_100)
  })

  it('finds an expired one again where the clock is set back', async () => {
    const inner = memoryStore()
    const mark = { kind: 'suppress', at: NOW, id: 'hand', reason: 'manual', expiresAt: NOW + 1 } as const
    await inner.record({
      now: NOW,
      leaseUntil: NOW,
      events: [],
      marks: [{ key: 'kim@example.com', mark }],
      quarantined: [],
      tokens: [],
    })
    vi.setSystemTime(NOW + 1_000)
    const { find, catchUp } = open({}, inner)
    await catchUp()
    expect((await find('kim@example.com')).found).toEqual(['kim@example.com'])
  })

  it('refuses options that there are not, or out of range', () => {
    const make = (options: object) => () => filteredStore(memoryStore(), options)
    expect(make({ maxStale: 5 })).toThrow('[bouncy/core] maxStale: there is no such option')
    expect(make({ maxStaleMs: 0 })).toThrow('[bouncy/core] maxStaleMs')
    expect(make({ maxStaleMs: Number.POSITIVE_INFINITY })).toThrow('[bouncy/core] maxStaleMs')
    expect(make({ lateMs: -1 })).toThrow('[bouncy/core] lateMs')
  })
})
