import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import {
  bounce,
  eventIds,
  NOW,
  quarantined,
  range,
  record,
  settled,
  standing,
  states,
  strike,
  suppressing,
  unsettled,
} from './data.ts'

const KIM = 'kim@example.com'
const streams = range(50).map((index) => `s${String(index).padStart(2, '0')}`)

/** What holds when many ask at once. */
export const concurrencyCases: readonly StoreCase[] = casesOf('concurrency', {
  async 'fifty records of one event make one that is new'({ store }) {
    const results = await Promise.all(
      streams.map((stream) =>
        record(store, {
          events: [unsettled(bounce('a'))],
          marks: [
            suppressing(KIM, 'toy_a', { eventId: 'toy_a', reason: 'complaint' }),
            suppressing(KIM, `by-${stream}`, { scope: { stream } }),
          ],
        }),
      ),
    )
    expect(results.map((result) => states(result)[0]).sort()).toEqual([...Array(49).fill('busy 0'), 'new 1'])
    expect(await eventIds(store)).toEqual(['a'])
    expect(await standing(store)).toEqual([...streams.map((stream) => `bounce ${stream}`), 'complaint'])
  },

  async 'marks on one address from fifty records all survive'({ store }) {
    await Promise.all(
      streams.map((stream) =>
        record(store, {
          events: [settled(bounce(stream))],
          marks: [suppressing(KIM, `toy_${stream}`, { eventId: `toy_${stream}`, scope: { stream } })],
        }),
      ),
    )
    expect(await standing(store)).toEqual(streams.map((stream) => `bounce ${stream}`))
  },

  async 'strikes from several records are counted together'({ store }) {
    await Promise.all(
      range(3).map((index) => record(store, { marks: [strike(KIM, `s${index}`, NOW + index)] })),
    )
    expect(await standing(store)).toEqual(['bounce'])
  },

  async 'an expired claim goes to one of fifty'({ store }) {
    const events = [unsettled(bounce('a'))]
    await record(store, { events, leaseUntil: NOW })
    const results = await Promise.all(streams.map(() => record(store, { events })))
    expect(results.map((result) => states(result)[0]).sort()).toEqual([
      'again 2',
      ...Array(49).fill('busy 0'),
    ])
  },

  async 'batches that overlap in any order leave each event once'({ store }) {
    const batches = range(20).map((shift) => range(30).map((index) => `e${(index * 7 + shift) % 40}`))
    const results = await Promise.all(
      batches.map((ids) =>
        record(store, {
          events: ids.map((id) => settled(bounce(id))),
          marks: ids.map((id) => suppressing(`${id}@example.com`, `toy_${id}`, { eventId: `toy_${id}` })),
        }),
      ),
    )
    const fresh = results.flatMap((result) => result.events.filter((event) => event.state === 'new'))
    expect(new Set(fresh.map((event) => event.id)).size).toBe(fresh.length)
    expect([...(await eventIds(store))].sort()).toEqual(fresh.map((event) => event.id.slice(4)).sort())
    expect((await store.suppressions({ now: NOW, limit: 100 })).items).toHaveLength(fresh.length)
  },

  async 'one payload is quarantined once'({ store }) {
    await Promise.all(streams.map(() => record(store, { quarantined: [quarantined('a')] })))
    expect((await store.quarantined({})).items).toEqual([quarantined('a')])
  },
})
