import type { DialectName } from '@bouncy/sql'
import type { SqlStore } from '@bouncy/sql/sqlite'
import type { Kysely, KyselyPlugin } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { dialects } from '../src/dialect.ts'
import { waiting } from '../src/schema/0004-waiting.ts'
import type { Database } from '../src/tables.ts'
import { batchOf, handled, NOW } from './batches.ts'
import { insertBefore, type Standing, writeBeforeWaiting } from './before-waiting.ts'

const MINUTE = 60_000
const ALL: readonly Standing[] = ['settled', 'handled', 'unhandled', 'free', 'leased', 'failed', 'dead']

/** A database without our tables, and a store that migrates it. */
interface Place<DB> {
  readonly db: Kysely<DB>
  readonly store: SqlStore
}

/** What becomes of the events of an earlier version whose standing was in columns of theirs. */
export function describeWaitingUpgrade<DB>(
  name: string,
  dialect: DialectName,
  open: () => Promise<Place<DB>>,
): void {
  describe(`${name}: a database of the third step`, { timeout: 60_000 }, () => {
    const stores: SqlStore[] = []

    async function fresh(): Promise<{ readonly db: Database; readonly store: SqlStore }> {
      const place = await open()
      stores.push(place.store)
      const db = place.db as unknown as Database
      await writeBeforeWaiting(db, dialect)
      return { ...place, db }
    }
    afterEach(async () => {
      await Promise.all(stores.splice(0).map((store) => store.close()))
    })

    it('knows how far its events had come', async () => {
      const { store, db } = await fresh()
      await store.migrate()
      await expectStandings(store)
      expect(await columnsOf(db, 'bouncy_events')).toEqual([
        'address',
        'data',
        'id',
        'message_id',
        'occurred_at',
        'provider',
        'received_at',
        'redacted',
        'type',
      ])
    })

    it('goes on with them', async () => {
      const { store } = await fresh()
      await store.migrate()
      const recorded = await store.record({
        ...batchOf(),
        events: ALL.map((id) => ({ ...handled(id), settled: false })),
      })
      expect(recorded.events.map(({ state, attempt }) => `${state} ${attempt}`)).toEqual([
        ...Array(3).fill('settled 0'),
        'again 2',
        'busy 0',
        'again 3',
        'dead 0',
      ])
      await store.settle([
        ...(['free', 'leased', 'failed'] as const).map(
          (id) => ({ id: `toy_${id}`, outcome: 'settled' }) as const,
        ),
        { id: 'toy_dead', outcome: 'revived' },
      ])
      const [revived, ...others] = await store.claim(due(NOW))
      expect([revived?.event.id, revived?.attempt, others]).toEqual(['toy_dead', 1, []])
    })

    it('refuses events of a process that is older, and loses none', async () => {
      const { store, db } = await fresh()
      await store.migrate()
      await expect(insertBefore(db, 'late')).rejects.toThrow(/settled/)
      expect((await store.record(batchOf('late'))).events[0]?.state).toBe('new')
    })

    it('may be broken off at any statement', async () => {
      let statements = 0
      for (let last = 1, broken = true; broken; last += 1) {
        const { store, db } = await fresh()
        broken = await breaksOff(db, last)
        if (broken) statements += 1
        await store.migrate()
        await expectStandings(store)
      }
      expect(statements).toBeGreaterThan(10)
    })

    /** Begins with the step, and stops before its nth statement. @returns whether there is one */
    async function breaksOff(db: Database, nth: number): Promise<boolean> {
      let count = 0
      const breaking: KyselyPlugin = {
        transformQuery({ node }) {
          count += 1
          if (count === nth) throw new Error('broken off')
          return node
        },
        transformResult: async ({ result }) => result,
      }
      const step = waiting(dialects[dialect])
      try {
        await step.up(db.withPlugin(breaking))
        return false
      } catch (error) {
        expect(String(error)).toContain('broken off')
        return true
      }
    }
  })
}

const due = (now: number) => ({ now, dueBy: now, leaseUntil: now + MINUTE, limit: 9 })

async function expectStandings(store: SqlStore): Promise<void> {
  const inState = async (state: 'settled' | 'unsettled' | 'dead') =>
    (await store.events({ state })).items.map(({ id }) => id.slice(4)).sort()
  expect(await inState('settled')).toEqual(['handled', 'settled', 'unhandled'])
  expect(await inState('unsettled')).toEqual(['failed', 'free', 'leased'])
  expect(await inState('dead')).toEqual(['dead'])
  const claims: string[] = []
  for (const minutes of [1, 5, 9]) {
    const claimed = await store.claim({ ...due(NOW + minutes * MINUTE), leaseUntil: NOW + 60 * MINUTE })
    claims.push(...claimed.map(({ event, attempt }) => `${minutes} ${event.id.slice(4)} ${attempt}`))
  }
  expect(claims).toEqual(['1 free 2', '5 failed 3', '9 leased 2'])
}

async function columnsOf(db: Database, table: string): Promise<readonly string[]> {
  const tables = await db.introspection.getTables()
  const columns = tables.find(({ name }) => name === table)?.columns ?? []
  return columns.map(({ name }) => name).sort()
}
