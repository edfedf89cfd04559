import type { MailEvent } from '@bouncy/core'
import type { RecordBatch } from '@bouncy/core/store'
import type { SqlStore } from '@bouncy/sql/sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { batchOf, handled, NOW } from './batches.ts'

const DAY = 86_400_000
const ALL = { from: '2026-01-01', to: '2026-12-31' }

/** @param open a store over one database, which `empty` has emptied */
export function describeDaily(name: string, open: () => SqlStore, empty: () => Promise<void>): void {
  describe(`${name} counts by day`, { timeout: 30_000 }, () => {
    let store: SqlStore
    beforeEach(async () => {
      await empty()
      store = open()
    })
    afterEach(() => store.close())

    const record = (id: string, event: Partial<MailEvent> = {}): RecordBatch => ({
      ...batchOf(),
      events: [handled(id, event)],
    })
    const total = async (): Promise<number> =>
      (await store.daily(ALL)).reduce((sum, { events }) => sum + events, 0)

    it('what is new, once, by the day on which it happened', async () => {
      const late = { timestamp: '2026-10-31T23:59:59.999Z' }
      const delivery = { type: 'delivery', provider: 'other' } as Partial<MailEvent>
      await Promise.all([
        store.record(batchOf('a', 'b')),
        store.record(batchOf('b', 'c')),
        store.record(record('d', late)),
        store.record(record('e', { bounceType: 'soft' } as Partial<MailEvent>)),
        store.record(record('f', delivery)),
      ])
      await store.record(batchOf('a', 'b', 'c'))
      const day = '2026-11-01'
      const counts = [
        { day: '2026-10-31', provider: 'toy', type: 'bounce', bounceType: 'hard', events: 1 },
        { day, provider: 'other', type: 'delivery', events: 1 },
        { day, provider: 'toy', type: 'bounce', bounceType: 'hard', events: 3 },
        { day, provider: 'toy', type: 'bounce', bounceType: 'soft', events: 1 },
      ]
      expect(await store.daily(ALL)).toEqual(counts)
      expect(await store.daily({ from: day, to: day })).toEqual(counts.slice(1))
      expect(await store.daily({ from: '2026-10-30', to: '2026-10-31' })).toEqual(counts.slice(0, 1))
      expect(await store.daily({ from: '2026-11-02', to: '2026-12-31' })).toEqual([])
    })

    it('nothing of a batch that was refused', async () => {
      const token = { id: 't', until: NOW + DAY }
      await store.record({ ...batchOf('a'), tokens: [{ ...token, binding: 'one' }] })
      await store.record({ ...batchOf('b'), tokens: [{ ...token, binding: 'other' }] })
      expect(await total()).toBe(1)
    })

    it('exactly, though several write, some prune, and the events are gone in the end', async () => {
      const others = [open(), open(), open()]
      const limits = {
        now: NOW + 2 * DAY,
        rawBefore: 0,
        eventsBefore: NOW + 1,
        quarantinedBefore: 0,
        addressesBefore: 0,
        auditBefore: 0,
        redact: (event: MailEvent) => event,
      }
      const write = async (one: SqlStore, writer: number): Promise<void> => {
        for (let round = 0; round < 20; round += 1) {
          await one.record(batchOf(`w${writer}-${round}`, `x${writer}-${round}`))
          if (round % 5 === 4) await one.prune(limits)
        }
      }
      await Promise.all([store, ...others].map(write))
      for (const one of others) await one.prune(limits)
      expect((await store.events({})).items).toEqual([])
      expect(await store.daily(ALL)).toEqual([
        { day: '2026-11-01', provider: 'toy', type: 'bounce', bounceType: 'hard', events: 160 },
      ])
      await Promise.all(others.map((one) => one.close()))
    })

    it('for days and nothing else', async () => {
      await expect(store.daily({ from: '2026-11', to: '2026-11-02' })).rejects.toThrow(
        "[bouncy/sql] from: give a day as '2026-11-01'",
      )
      await expect(store.daily({ from: '2026-11-01', to: undefined as never })).rejects.toThrow(TypeError)
    })
  })
}
