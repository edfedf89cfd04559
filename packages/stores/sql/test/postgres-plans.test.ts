/**
 * How PostgreSQL goes about each statement that the store sends: by which index, and how many rows it looks at, as the
 * planner chooses at size; among few events reading whole tables is forbidden to it. `BOUNCY_PLANS_ROWS` is how many events there are, 20,000 unless it is
 * set; 10,000,000 take some minutes and 12 GB of disk.
 */
import { encodeCursor, type MailEvent, type PruneReport } from '@bouncy/core/store'
import { sqlStore } from '@bouncy/sql'
import type { SqlStore } from '@bouncy/sql/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { batchOf, handled, NOW, suppressing } from './batches.ts'
import { fillPostgres, keptUntil, messageOf, recipientOf } from './fill-postgres.ts'
import { openPostgresServer, type PostgresServer } from './postgres-server.ts'
import { reach } from './servers.ts'

const ROWS = Number(process.env.BOUNCY_PLANS_ROWS ?? 20_000)
/** Tables fit into a few pages. */
const FEW = ROWS < 1_000_000
/** Rows that a statement may look at: a few times those of the largest page or step. */
const MOST = 1_000

/** A part of a plan (https://www.postgresql.org/docs/current/sql-explain.html). */
interface Node {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly 'Conflict Arbiter Indexes'?: readonly string[]
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Index Recheck'?: number
  readonly Plans?: readonly Node[]
}

const server = await reach('PostgreSQL at 127.0.0.1:5432', openPostgresServer)
if (server !== undefined) describeAtSize(server)

function describeAtSize(server: PostgresServer): void {
  describe(`PostgreSQL with ${ROWS} events`, { timeout: 300_000 }, () => {
    const seen: { readonly sql: string; readonly parameters: readonly unknown[] }[] = []
    const db = server.kysely(({ query }) => void seen.push(query))
    const store = sqlStore({ db, dialect: 'postgres' }, { migrate: 'auto' })

    /** The indexes by which the statements of some work go, each once. */
    async function indexesOf(work: (store: SqlStore) => Promise<unknown>): Promise<readonly string[]> {
      seen.length = 0
      await work(store)
      const statements = seen.filter(({ sql }) => /^(?:select|update|delete)| on conflict /.test(sql))
      expect(statements).not.toEqual([])
      const used = new Set<string>()
      for (const { sql, parameters } of statements) {
        for (const node of flatten(await planOf(sql, parameters))) {
          expect(node['Node Type'], sql).not.toBe('Seq Scan')
          expect(rowsLookedAt(node), sql).toBeLessThanOrEqual(MOST)
          for (const index of [node['Index Name'], ...(node['Conflict Arbiter Indexes'] ?? [])]) {
            if (index !== undefined) used.add(index)
          }
        }
      }
      return [...used].sort()
    }

    /** What is done for a statement that is taken back. */
    async function planOf(sql: string, parameters: readonly unknown[]): Promise<Node> {
      const client = await server.pool.connect()
      try {
        await client.query('begin')
        // of a table that fits into a few pages the planner reads all, and is right
        if (FEW || /"bouncy_daily"/.test(sql)) await client.query('set local enable_seqscan = off')
        const { rows } = await client.query(`explain (analyze, format json) ${sql}`, [...parameters])
        return rows[0]?.['QUERY PLAN'][0].Plan as Node
      } finally {
        await client.query('rollback')
        client.release()
      }
    }

    beforeAll(async () => {
      await server.drop()
      await store.migrate()
      // looks once whether the tables are there
      await store.events({})
      await fillPostgres(server.pool, ROWS)
    }, 3_600_000)
    afterAll(() => server.end(), 60_000)

    const key = recipientOf(20)
    const claim = { now: NOW, dueBy: NOW, leaseUntil: NOW, limit: 100 }
    it.each<[string, (store: SqlStore) => Promise<unknown>, readonly string[]]>([
      [
        'to claim',
        (store) => store.claim(claim),
        ['bouncy_events_pkey', 'bouncy_waiting_by_receipt', 'bouncy_waiting_pkey'],
      ],
      [
        'to look addresses up',
        (store) => store.findSuppressions(Array.from({ length: 100 }, (_, index) => recipientOf(index))),
        ['bouncy_suppressions_key'],
      ],
      ['to list the newest events', (store) => store.events({}), ['bouncy_events_by_time']],
      [
        'to list those of a common type',
        (store) => store.events({ type: 'open' }),
        ['bouncy_events_by_time'],
      ],
      ['to list those of an address', (store) => store.events({ key }), ['bouncy_events_by_address']],
      [
        'to list those of an address and a type',
        (store) => store.events({ key, type: 'bounce', provider: 'toy' }),
        ['bouncy_events_by_address'],
      ],
      [
        'to list those of a message',
        (store) => store.events({ messageId: messageOf(1) }),
        ['bouncy_events_by_message'],
      ],
      [
        'to list what is dead',
        (store) => store.events({ state: 'dead' }),
        ['bouncy_events_pkey', 'bouncy_waiting_by_time'],
      ],
      [
        'to list what is settled',
        (store) => store.events({ state: 'settled' }),
        ['bouncy_events_by_time', 'bouncy_waiting_pkey'],
      ],
      [
        'to list what is unsettled',
        (store) => store.events({ state: 'unsettled' }),
        ['bouncy_events_pkey', 'bouncy_waiting_by_time'],
      ],
      ['to list suppressions', (store) => store.suppressions({ now: NOW }), ['bouncy_suppressions_key']],
      [
        'to list those whose address begins in some way',
        (store) => store.suppressions({ now: NOW, prefix: 'r12' }),
        ['bouncy_suppressions_key'],
      ],
      ['to list the quarantine', (store) => store.quarantined({}), ['bouncy_quarantined_by_time']],
      ['to list the trail', (store) => store.audit({}), ['bouncy_audit_pkey']],
      [
        'to list the trail of an address',
        (store) => store.audit({ address: key }),
        ['bouncy_audit_by_address'],
      ],
    ])('%s', async (_, work, indexes) => {
      expect(await indexesOf(work)).toEqual(indexes)
    })

    it('to count what days had', async () => {
      const query = { from: '2026-10-25', to: '2026-10-31' }
      expect(await indexesOf((store) => store.daily(query))).toEqual(['bouncy_daily_pkey'])
    })

    it('to go on in the middle of a listing', async () => {
      const middle = keptUntil(ROWS / 2, ROWS)
      const cursor = encodeCursor([new Date(middle).toISOString(), 'toy_'])
      expect(await indexesOf((store) => store.events({ cursor }))).toEqual(['bouncy_events_by_time'])
    })

    it('to record what is new, and what was there, and to settle it', async () => {
      const ids = Array.from({ length: 50 }, (_, index) => `n${index}`)
      const tokens = ids.map((id) => ({ id, binding: 'body', until: NOW }))
      const open = [{ ...handled('open'), settled: false }]
      for (let round = 0; round < 2; round += 1) {
        const batch = batchOf(...ids)
        const lift = {
          key: recipientOf(20),
          mark: { kind: 'lift', at: NOW + round, actor: 'support' },
        } as const
        const used = await indexesOf((store) =>
          store.record({
            ...batch,
            events: [...batch.events, ...open],
            marks: [...batch.marks, suppressing('x', recipientOf(40)), lift],
            tokens,
          }),
        )
        expect(used).toEqual(
          expect.arrayContaining([
            'bouncy_addresses_pkey',
            'bouncy_events_pkey',
            'bouncy_tokens_pkey',
            'bouncy_waiting_pkey',
          ]),
        )
      }
      const outcome = { id: 'toy_open', outcome: 'failed', retryAt: NOW } as const
      expect(await indexesOf((store) => store.settle([outcome]))).toEqual(['bouncy_waiting_pkey'])
      const settled = { id: 'toy_open', outcome: 'settled' } as const
      expect(await indexesOf((store) => store.settle([settled]))).toEqual(['bouncy_waiting_pkey'])
    })

    it('to prune', async () => {
      const limits = {
        now: NOW + 300_000,
        rawBefore: keptUntil((ROWS * 2) / 3 + 400, ROWS),
        eventsBefore: keptUntil(400, ROWS),
        quarantinedBefore: NOW - 39_600_000,
        addressesBefore: 0,
        auditBefore: keptUntil(400, ROWS),
        redact: (event: MailEvent) => event,
      }
      const reports: PruneReport[] = []
      const used = await indexesOf(async (store) => reports.push(await store.prune(limits)))
      expect(reports[0]?.events).toBeGreaterThan(300)
      expect(reports[0]?.redacted).toBeGreaterThan(300)
      expect(used).toEqual([
        'bouncy_addresses_by_end',
        'bouncy_audit_by_time',
        'bouncy_audit_pkey',
        'bouncy_daily_by_part',
        'bouncy_events_by_receipt',
        'bouncy_events_pkey',
        'bouncy_quarantined_by_time',
        'bouncy_quarantined_pkey',
        'bouncy_tokens_by_end',
        'bouncy_tokens_pkey',
        'bouncy_waiting_pkey',
      ])
    })
  })
}

function flatten(node: Node): readonly Node[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)]
}

function rowsLookedAt(node: Node): number {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
  return (node['Actual Rows'] + removed) * node['Actual Loops']
}
