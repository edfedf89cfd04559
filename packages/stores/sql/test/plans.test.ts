import { DatabaseSync } from 'node:sqlite'
import type { Store } from '@bouncy/core/store'
import { sqlStore } from '@bouncy/sql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { batchOf, NOW, suppressing } from './batches.ts'
import { kyselyOver } from './places.ts'

/** How SQLite goes about each statement that some work sends. */
describe('no query reads a whole table', () => {
  let database: DatabaseSync
  let store: Store
  let seen: { readonly sql: string; readonly parameters: readonly unknown[] }[]

  async function plans(work: () => Promise<unknown>): Promise<readonly string[]> {
    seen = []
    await work()
    return seen
      .filter(({ sql }) => !/^(?:begin|commit)/.test(sql))
      .flatMap(({ sql, parameters }) =>
        database.prepare(`explain query plan ${sql}`).all(...(parameters as never[])),
      )
      .map((row) => String(row.detail))
      .filter((detail) => !/^(?:SCAN \d+-ROW VALUES|SCAN CONSTANT ROW|COMPOUND|LEFT-MOST|UNION)/.test(detail))
  }

  beforeEach(async () => {
    database = new DatabaseSync(':memory:')
    const db = kyselyOver(database, ({ query }) => seen.push(query))
    seen = []
    store = sqlStore({ db, dialect: 'sqlite' })
    await store.record(batchOf(...Array.from({ length: 300 }, (_, index) => `k${index}`)))
    database.exec('analyze')
  })
  afterEach(() => database.close())

  it('to record what is new, and what was there', async () => {
    const batch = batchOf('k1', 'k2', 'new')
    const lift = { key: 'k1@example.com', mark: { kind: 'lift', at: NOW + 1, actor: 'support' } } as const
    const used = await plans(() =>
      store.record({ ...batch, marks: [...batch.marks, suppressing('k1'), lift] }),
    )
    expect(used.length).toBeGreaterThan(2)
    for (const detail of used)
      expect(detail).toMatch(/^SEARCH bouncy_\w+ USING (?:COVERING )?INDEX sqlite_autoindex/)
  })

  it('to settle', async () => {
    const outcomes = [
      { id: 'toy_k1', outcome: 'settled' },
      { id: 'toy_k2', outcome: 'failed' },
    ] as const
    for (const detail of await plans(() => store.settle(outcomes))) {
      expect(detail).toMatch(/^SEARCH bouncy_events USING INDEX sqlite_autoindex_bouncy_events_1/)
    }
  })

  it('to claim', async () => {
    const used = await plans(() => store.claim({ now: NOW, leaseUntil: NOW, limit: 10 }))
    expect(used).toEqual([expect.stringMatching(/^S\w+ bouncy_events USING INDEX bouncy_events_unsettled/)])
  })

  it('to look addresses up', async () => {
    const used = await plans(() =>
      store.findSuppressions(['k1@example.com', 'k2@example.com', 'nobody@example.com']),
    )
    expect(used.length).toBeGreaterThan(0)
    for (const detail of used)
      expect(detail).toMatch(/^SEARCH bouncy_suppressions USING INDEX .*\(address=\?\)/)
  })

  it('to list the events of an address, of a message, or the newest', async () => {
    const cursor = (await store.events({ limit: 1 })).next ?? ''
    for (const [query, plan] of [
      [
        { key: 'k1@example.com' },
        /^SEARCH bouncy_events USING INDEX bouncy_events_by_address \(address=\?\)/,
      ],
      [
        { key: 'k1@example.com', cursor },
        /^SEARCH .* bouncy_events_by_address \(address=\? AND occurred_at<\?\)/,
      ],
      [{ messageId: 'm-1' }, /^SEARCH bouncy_events USING INDEX bouncy_events_by_message \(message_id=\?\)/],
      [{}, /^SCAN bouncy_events USING INDEX bouncy_events_by_time/],
      [{ type: 'bounce', provider: 'toy', cursor }, /^SEARCH .* bouncy_events_by_time \(occurred_at<\?\)/],
    ] as const) {
      expect(await plans(() => store.events(query))).toEqual([expect.stringMatching(plan)])
    }
  })

  it('to list suppressions, or those whose address begins in some way', async () => {
    const cursor = (await store.suppressions({ now: NOW, limit: 1 })).next ?? ''
    for (const [query, plan] of [
      [{}, /^SCAN bouncy_suppressions USING INDEX sqlite_autoindex/],
      [{ cursor }, /^SEARCH bouncy_suppressions USING INDEX .*\(address>\?\)/],
      [{ prefix: 'k1' }, /^SEARCH bouncy_suppressions USING INDEX .*\(address>\? AND address<\?\)/],
    ] as const) {
      expect(await plans(() => store.suppressions({ ...query, now: NOW }))).toEqual([
        expect.stringMatching(plan),
      ])
    }
  })

  it('to list the quarantine', async () => {
    expect(await plans(() => store.quarantined({}))).toEqual([
      expect.stringMatching(/^SCAN bouncy_quarantined USING INDEX bouncy_quarantined_by_time/),
    ])
  })
})
