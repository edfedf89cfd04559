import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import {
  bounce,
  claimed,
  idsOf,
  later,
  MINUTE,
  NOW,
  padded,
  range,
  record,
  settled,
  states,
  unsettled,
} from './data.ts'

/** What `claim` gives out. */
export const claimCases: readonly StoreCase[] = casesOf('claims', {
  async 'gives out what nobody holds, oldest receipt first'({ store }) {
    // ids and provider's times that run against the order of receipt
    for (const index of [0, 1, 2, 3, 4]) {
      const event = bounce(`e${9 - index}`, { timestamp: new Date(NOW - index * MINUTE).toISOString() })
      await record(store, { now: NOW + index, leaseUntil: NOW + index, events: [unsettled(event)] })
    }
    const found = await store.claim(later(1))
    expect(idsOf(found.map(({ event }) => event))).toEqual(['e9', 'e8', 'e7', 'e6', 'e5'])
    expect(found.map(({ attempt }) => attempt)).toEqual([2, 2, 2, 2, 2])
  },

  async 'gives out whole events'({ store }) {
    const event = bounce('a', { messageId: 'm-1', tags: ['news'], metadata: { order: '7' } })
    await record(store, { events: [unsettled(event)] })
    expect(await store.claim(later(1))).toEqual([{ event, attempt: 2 }])
  },

  async 'gives out at most the limit'({ store }) {
    for (const index of range(7)) {
      await record(store, { now: NOW + index, events: [unsettled(bounce(`e${index}`))] })
    }
    expect(await claimed(store, later(2, { limit: 3 }))).toEqual(['e0', 'e1', 'e2'])
    expect(await claimed(store, later(2, { limit: 3 }))).toEqual(['e3', 'e4', 'e5'])
    expect(await claimed(store, later(2, { limit: 3 }))).toEqual(['e6'])
    expect(await claimed(store, later(2, { limit: 3 }))).toEqual([])
  },

  async 'gives out nothing that is settled, or held until later'({ store }) {
    await record(store, { events: [settled(bounce('handled by nobody')), unsettled(bounce('held'))] })
    await record(store, { events: [unsettled(bounce('done')), unsettled(bounce('failed'))] })
    await store.settle([
      { id: 'toy_done', outcome: 'settled' },
      { id: 'toy_failed', outcome: 'failed' },
    ])
    expect(await claimed(store, later(1, { now: NOW + MINUTE - 1 }))).toEqual(['failed'])
  },

  async 'holds what it gave out until the lease ends, or the claim is settled'({ store }) {
    const events = [unsettled(bounce('a'))]
    await record(store, { events })
    expect(await store.claim(later(1))).toHaveLength(1)
    expect(states(await record(store, { events, now: NOW + 1.5 * MINUTE }))).toEqual(['busy 0'])
    expect(await claimed(store, later(1, { now: NOW + 2 * MINUTE - 1 }))).toEqual([])
    expect((await store.claim(later(2))).map(({ attempt }) => attempt)).toEqual([3])
    await store.settle([{ id: 'toy_a', outcome: 'settled' }])
    expect(await store.claim(later(9))).toEqual([])
  },

  async 'never gives one event to two who ask at once'({ store }) {
    await record(store, { events: range(120).map((index) => unsettled(bounce(padded(index)))) })
    const given: string[] = []
    async function work(): Promise<void> {
      while (given.length <= 120) {
        const part = await claimed(store, later(1, { limit: 7 }))
        if (part.length === 0) return
        given.push(...part)
      }
    }
    await Promise.all(range(6).map(work))
    expect(given.sort()).toEqual(range(120).map(padded))
  },

  async 'never gives out what a redelivery takes at the same time'({ store }) {
    const events = range(40).map((index) => unsettled(bounce(padded(index))))
    await record(store, { events })
    const now = NOW + MINUTE
    const [given, again] = await Promise.all([
      Promise.all(range(4).map(() => store.claim(later(1, { limit: 10 })))),
      Promise.all(events.map((event) => record(store, { now, events: [event] }))),
    ])
    const taken = [
      ...given.flat().map(({ event }) => event.id),
      ...again.flatMap((result) => result.events.filter(({ attempt }) => attempt > 0).map(({ id }) => id)),
    ]
    expect(taken.sort()).toEqual(events.map(({ event }) => event.id))
  },
})
