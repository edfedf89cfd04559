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
      .filter(
        (detail) =>
          !/^(?:SCAN \d+-ROW VALUES|SCAN CONSTANT ROW|COMPOUND|LEFT-MOST|UNION|CORRELATED)/.test(detail),
      )
  }

  async function fill(count: number): Promise<void> {
    await store.record(batchOf(...Array.from({ length: count }, (_, index) => `k${index}`)))
    database.exec('analyze')
  }

  beforeEach(async () => {
    database = new DatabaseSync(':memory:')
    const db = kyselyOver(database, ({ query }) => seen.push(query))
    seen = []
    store = sqlStore({ db, dialect: 'sqlite' })
    await fill(300)
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
    const used = await plans(() => store.settle(outcomes))
    expect(used).toHaveLength(2)
    for (const detail of used) {
      expect(detail).toMatch(/^SEARCH bouncy_waiting USING INDEX sqlite_autoindex_bouncy_waiting_1/)
    }
  })

  it('to claim', async () => {
    const used = await plans(() => store.claim({ now: NOW, dueBy: NOW, leaseUntil: NOW, limit: 10 }))
    expect(used).toEqual([
      expect.stringMatching(/^S\w+ bouncy_waiting USING INDEX bouncy_waiting_by_receipt/),
    ])
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

  it('to list what is dead, not settled, or settled', async () => {
    for (const [state, plan] of [
      ['dead', /^SEARCH bouncy_waiting USING COVERING INDEX bouncy_waiting_by_time \(dead=\?\)/],
      ['unsettled', /^SEARCH bouncy_waiting USING COVERING INDEX bouncy_waiting_by_time \(dead=\?\)/],
      ['settled', /^SCAN bouncy_events USING INDEX bouncy_events_by_time/],
    ] as const) {
      expect(await plans(() => store.events({ state }))).toEqual([
        expect.stringMatching(plan),
        expect.stringMatching(/^SEARCH bouncy_\w+ USING (?:COVERING )?INDEX sqlite_autoindex_\w+ \(id=\?\)/),
      ])
    }
  })

  it('to list the trail of changes', async () => {
    const cursor = (await store.audit({ limit: 1 })).next ?? ''
    for (const [query, plan] of [
      [{}, /^SCAN bouncy_audit/],
      [{ cursor }, /^SEARCH bouncy_audit USING INTEGER PRIMARY KEY \(rowid<\?\)/],
      [
        { address: 'k1@example.com' },
        /^SEARCH bouncy_audit USING INDEX bouncy_audit_by_address \(address=\?\)/,
      ],
    ] as const) {
      expect(await plans(() => store.audit(query))).toEqual([expect.stringMatching(plan)])
    }
  })

  it('to prune', async () => {
    await fill(5_000)
    const before = NOW + 1
    const used = await plans(() =>
      store.prune({
        now: before,
        rawBefore: before,
        eventsBefore: before,
        quarantinedBefore: before,
        addressesBefore: before,
        auditBefore: before,
        redact: (event) => event,
      }),
    )
    expect(used.length).toBeGreaterThan(8)
    for (const detail of used) {
      expect(detail).toMatch(/^SEARCH bouncy_\w+ USING (?:(?:COVERING )?INDEX|INTEGER PRIMARY KEY)/)
    }
  })

  it('to erase, but a thousand rows at a time', async () => {
    await fill(2_500)
    const ranges = (table: string): number =>
      seen.filter(({ sql }) => sql.includes(`from "${table}" where`) && sql.includes(' like ')).length
    const used = await plans(() =>
      store.erase({
        key: 'k1@example.com',
        spellings: ['k1@example.com'],
        tombstone: 'erased:2026:4f3a',
        anonymise: (event) => event,
        redact: (event) => event,
      }),
    )
    expect([ranges('bouncy_events'), ranges('bouncy_addresses'), ranges('bouncy_audit')]).toEqual([3, 3, 3])
    const scans = used.filter((detail) => !/^SEARCH bouncy_\w+ USING/.test(detail))
    // the first range of each table has no beginning, and the only one of the quarantine no end either
    for (const detail of scans)
      expect(detail).toMatch(/^SCAN bouncy_\w+( USING COVERING INDEX sqlite_auto|$)/)
  })

  it('to list the quarantine', async () => {
    expect(await plans(() => store.quarantined({}))).toEqual([
      expect.stringMatching(/^SCAN bouncy_quarantined USING INDEX bouncy_quarantined_by_time/),
    ])
  })
})
