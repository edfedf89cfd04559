import { sqlStore } from '@bouncy/sql'
import type { SqlStore } from '@bouncy/sql/sqlite'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { batchOf, handled, NOW, suppressing } from './batches.ts'
import type { Server } from './servers.ts'
import { TABLES } from './tables.ts'

/** How a server goes about each statement that some work sends. */
export function describePlans(server: Server): void {
  describe(`${server.name} reads no whole table`, { timeout: 30_000 }, () => {
    const seen: { readonly sql: string; readonly parameters: readonly unknown[] }[] = []
    const db = server.kysely(({ query }) => void seen.push(query))
    let store: SqlStore

    /** The plans of all that selects, changes or deletes. */
    async function plans(work: () => Promise<unknown>): Promise<readonly string[]> {
      seen.length = 0
      await work()
      const statements = seen.filter((query) => /^(?:select|update|delete)/.test(query.sql))
      expect(statements.length).toBeGreaterThan(0)
      const found: string[] = []
      for (const one of statements) found.push(await server.explain(one.sql, one.parameters))
      return found
    }

    beforeAll(async () => {
      await server.drop()
      store = sqlStore({ db, dialect: server.dialect }, { migrate: 'auto' })
      for (let part = 0; part < 8; part += 1) {
        const ids = Array.from({ length: 400 }, (_, index) => `k${part * 400 + index}`)
        const now = NOW + part
        const receivedAt = new Date(now).toISOString()
        await store.record({
          ...batchOf(...ids),
          now,
          quarantined: ids.map((id) => ({ id, provider: 'toy', reason: 'riddle', receivedAt, raw: id })),
          tokens: ids.map((id) => ({ id, binding: 'body', until: now })),
        })
      }
      const open = Array.from({ length: 400 }, (_, index) => ({ ...handled(`o${index}`), settled: false }))
      await store.record({ ...batchOf(), events: open, leaseUntil: NOW })
      const analyze = sql.raw(server.dialect === 'postgres' ? 'analyze' : 'analyze table')
      for (const table of TABLES) await sql`${analyze} ${sql.table(table)}`.execute(db)
    }, 60_000)
    afterAll(() => store.close())

    const KEY = 'k1@example.com'
    const before = NOW + 1
    it.each<[string, (store: SqlStore) => Promise<unknown>, readonly RegExp[]]>([
      [
        'to settle',
        (store) => store.settle([{ id: 'toy_o1', outcome: 'failed', retryAt: NOW }]),
        [/bouncy_waiting_pkey|PRIMARY/],
      ],
      [
        'to claim',
        (store) => store.claim({ now: NOW, dueBy: NOW, leaseUntil: NOW, limit: 10 }),
        [/bouncy_waiting_by_receipt/, /bouncy_waiting_pkey|PRIMARY/, /bouncy_events_pkey|PRIMARY/],
      ],
      [
        'to look addresses up',
        (store) => store.findSuppressions([KEY, 'k2@example.com']),
        [/bouncy_suppressions_key|PRIMARY/],
      ],
      ['to list the newest events', (store) => store.events({ limit: 10 }), [/bouncy_events_by_time/]],
      ['to list those of an address', (store) => store.events({ key: KEY }), [/bouncy_events_by_address/]],
      [
        'to list those of a message',
        (store) => store.events({ messageId: 'm-1' }),
        [/bouncy_events_by_message/],
      ],
      ['to list what is dead', (store) => store.events({ state: 'dead' }), [/bouncy_waiting_by_time/]],
      [
        'to list what is unsettled',
        (store) => store.events({ state: 'unsettled' }),
        [/bouncy_waiting_by_time/],
      ],
      [
        'to list suppressions',
        (store) => store.suppressions({ now: NOW, limit: 10 }),
        [/bouncy_suppressions_key|PRIMARY/],
      ],
      [
        'to list those whose address begins in some way',
        (store) => store.suppressions({ now: NOW, prefix: 'k12' }),
        [/bouncy_suppressions_key|PRIMARY/],
      ],
      ['to list the quarantine', (store) => store.quarantined({ limit: 10 }), [/bouncy_quarantined_by_time/]],
      ['to list the trail', (store) => store.audit({ limit: 10 }), [/bouncy_audit_pkey|PRIMARY/]],
      [
        'to list the trail of an address',
        (store) => store.audit({ address: KEY }),
        [/bouncy_audit_by_address/],
      ],
    ])('%s', async (_, work, indexes) => {
      const found = await plans(() => work(store))
      expect(found).toHaveLength(indexes.length)
      for (const [index, plan] of found.entries()) expect(plan).toMatch(indexes[index] as RegExp)
      for (const plan of found) expect(plan).not.toMatch(/Seq Scan| ALL /)
    })

    it('to record what is new, and what was there', async () => {
      const batch = batchOf('k1', 'k2', 'new')
      const lift = { key: KEY, mark: { kind: 'lift', at: NOW + 1, actor: 'support' } } as const
      const found = await plans(() =>
        store.record({ ...batch, marks: [...batch.marks, suppressing('k1'), lift] }),
      )
      for (const plan of found) expect(plan).toMatch(/_pkey|_key|PRIMARY/)
    })

    it('to prune', async () => {
      const found = await plans(() =>
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
      expect(found.length).toBeGreaterThan(8)
      for (const plan of found) expect(plan).not.toMatch(/Seq Scan| ALL /)
    })
  })
}
