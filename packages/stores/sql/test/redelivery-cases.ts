import type { RecordResult } from '@bouncy/core/store'
import type { SqlStore } from '@bouncy/sql/sqlite'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { batchOf, bounce, handled, NOW } from './batches.ts'
import { type Server, waitsForLock } from './servers.ts'

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)
const unsettled = (...ids: readonly string[]) => ({
  ...batchOf(),
  events: ids.map((id) => ({ ...handled(id), settled: false })),
})
const stateOf = ({ events }: RecordResult): unknown => events[0]?.state

/** What becomes of an event that several processes have at the same time. */
export function describeRedelivery(server: Server): void {
  describe(`${server.name}: an event that comes again`, { timeout: 60_000 }, () => {
    let store: SqlStore

    /** The ids of what waits. */
    async function waiting(): Promise<readonly string[]> {
      const { rows } = await sql<{ id: string }>`select id from bouncy_waiting order by id`.execute(
        server.kysely(),
      )
      return rows.map(({ id }) => id)
    }

    /** Another process, which does something and has not committed it yet. */
    async function meanwhile(...statements: readonly string[]) {
      const session = await server.begin()
      for (const statement of statements) await session.query(statement)
      return {
        commit: () => session.commit(),
        async rollback() {
          await session.query('rollback')
          await session.commit()
        },
      }
    }

    const recordsFirst = () =>
      meanwhile(
        `insert into bouncy_events (id, provider, type, occurred_at, received_at, redacted, data)
         values ('toy_a', 'toy', 'bounce', '2026-11-01T00:00:00.000Z', ${NOW}, 0, '${JSON.stringify(bounce('a'))}')`,
        `insert into bouncy_waiting (id, received_at, occurred_at, lease_until, retry_at, attempts, dead)
         values ('toy_a', ${NOW}, '2026-11-01T00:00:00.000Z', ${NOW + 60_000}, 0, 1, 0)`,
      )
    const settlesIt = () => meanwhile("delete from bouncy_waiting where id = 'toy_a'")
    const claimsIt = () =>
      meanwhile(
        `update bouncy_waiting set lease_until = ${NOW + 60_000}, attempts = attempts + 1 where id = 'toy_a'`,
      )

    beforeEach(async () => {
      await server.empty()
      store = server.store()
      await store.events({})
    })
    afterEach(() => store.close())

    it('while another process stores it is left to that process', async () => {
      const other = await recordsFirst()
      const recording = store.record(unsettled('a', 'b'))
      await waitsForLock(server)
      await other.commit()
      expect((await recording).events.map(({ state }) => state)).toEqual(['busy', 'new'])
      expect(await waiting()).toEqual(['toy_a', 'toy_b'])
    })

    it('while another process stores it is new where that process fails', async () => {
      const other = await recordsFirst()
      const recording = store.record(unsettled('a'))
      await waitsForLock(server)
      await other.rollback()
      expect(stateOf(await recording)).toBe('new')
      expect(await waiting()).toEqual(['toy_a'])
    })

    it('while another process settles it is settled, and nothing of it waits again', async () => {
      await store.record({ ...unsettled('a'), leaseUntil: NOW })
      const other = await settlesIt()
      const recording = store.record(unsettled('a'))
      await waitsForLock(server)
      await other.commit()
      expect(stateOf(await recording)).toBe('settled')
      expect(await waiting()).toEqual([])
    })

    it('while another process settles it is claimed where that process fails', async () => {
      await store.record({ ...unsettled('a'), leaseUntil: NOW })
      const other = await settlesIt()
      const recording = store.record(unsettled('a'))
      await waitsForLock(server)
      await other.rollback()
      expect(await recording).toMatchObject({ events: [{ state: 'again', attempt: 2 }] })
      expect(await waiting()).toEqual(['toy_a'])
    })

    it('while another process claims it is left to that process', async () => {
      await store.record({ ...unsettled('a'), leaseUntil: NOW })
      const other = await claimsIt()
      const recording = store.record(unsettled('a'))
      await waitsForLock(server)
      await other.commit()
      expect(stateOf(await recording)).toBe('busy')
    })

    it.each(['settled', 'failed', 'dead', 'revived'] as const)(
      'is not brought back by an outcome (%s) that comes while it is settled',
      async (outcome) => {
        await store.record(unsettled('a'))
        if (outcome === 'revived') await store.settle([{ id: 'toy_a', outcome: 'dead' }])
        const other = await settlesIt()
        const settling = store.settle([{ id: 'toy_a', outcome }])
        await waitsForLock(server)
        await other.commit()
        await settling
        expect(await waiting()).toEqual([])
        expect(stateOf(await store.record({ ...unsettled('a'), now: NOW + 1e9 }))).toBe('settled')
      },
    )

    it('is settled though another process holds another one', async () => {
      const ids = range(40).map((index) => `k${index}`)
      await store.record(unsettled(...ids))
      const other = await meanwhile("update bouncy_waiting set attempts = 2 where id = 'toy_k39'")
      await store.settle(ids.slice(0, 30).map((id) => ({ id: `toy_${id}`, outcome: 'settled' })))
      await store.settle(ids.slice(30, 35).map((id) => ({ id: `toy_${id}`, outcome: 'failed' })))
      expect(await waiting()).toHaveLength(10)
      await other.commit()
    })

    it('is new where somebody deleted it by hand, and left what waits', async () => {
      await store.record(unsettled('a'))
      await store.settle([{ id: 'toy_a', outcome: 'dead' }])
      const other = await meanwhile("delete from bouncy_events where id = 'toy_a'")
      await other.commit()
      expect((await store.events({ state: 'dead' })).items).toEqual([])
      expect(stateOf(await store.record(unsettled('a')))).toBe('new')
      await store.settle([{ id: 'toy_a', outcome: 'failed' }])
      const claimed = await store.claim({ now: NOW, dueBy: NOW, leaseUntil: NOW + 9, limit: 9 })
      expect(claimed.map(({ event, attempt }) => [event.id, attempt])).toEqual([['toy_a', 2]])
    })

    it('is claimed behind any number of others that somebody deleted by hand', async () => {
      const ids = range(9).map((index) => `k${index}`)
      await store.record(unsettled(...ids))
      await store.settle(ids.map((id) => ({ id: `toy_${id}`, outcome: 'failed' })))
      const other = await meanwhile("delete from bouncy_events where id <> 'toy_k8'")
      await other.commit()
      const claimed = await store.claim({ now: NOW, dueBy: NOW, leaseUntil: NOW + 9, limit: 3 })
      expect(claimed.map(({ event }) => event.id)).toEqual(['toy_k8'])
      expect(await waiting()).toEqual(['toy_k8'])
    })

    it('all the time, is claimed, handled, fails and is settled in many processes, and none is lost or comes back', async () => {
      const stores = range(6).map(() => server.store())
      const ids = range(40).map((index) => `k${index}`)
      const settled = new Set<string>()
      const back: string[] = []
      const fresh: string[] = []
      let conflicts = 0

      async function turn(one: SqlStore, seed: number): Promise<void> {
        // each in an order of its own; a quarter is never settled
        const some = range(8).map((place) => ids[(seed * 7 + place * 11) % 40] ?? '')
        const known = new Set(settled)
        const now = NOW + seed * 1_000
        const batch = { ...unsettled(...new Set(some)), now, leaseUntil: now + 500 }
        const { events } = await one.record(batch)
        for (const { id, state } of events) {
          if (known.has(id) && state !== 'settled') back.push(`${id} ${state}`)
          if (state === 'new') fresh.push(id)
        }
        const ours = events.filter(({ state }) => state === 'new' || state === 'again')
        const outcomes = ours.map(({ id, attempt }) => ({
          id,
          outcome: attempt > 2 && Number(id.slice(5)) % 4 > 0 ? ('settled' as const) : ('failed' as const),
        }))
        await one.settle(outcomes)
        for (const { id, outcome } of outcomes) if (outcome === 'settled') settled.add(id)
        const claimed = await one.claim({ now: now + 900, dueBy: now + 900, leaseUntil: now + 950, limit: 3 })
        conflicts += claimed.filter(({ event }) => known.has(event.id)).length
      }

      for (const round of range(25)) {
        await Promise.all(stores.map((one, index) => turn(one, round * 6 + index)))
      }
      expect(back).toEqual([])
      expect(conflicts).toBe(0)
      expect(fresh.sort()).toEqual(ids.map((id) => `toy_${id}`).sort())
      expect(settled.size).toBeGreaterThan(20)
      expect(await waiting()).toEqual(fresh.filter((id) => !settled.has(id)))
      await Promise.all(stores.map((one) => one.close()))
    })
  })
}
