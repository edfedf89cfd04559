import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import {
  bounce,
  claimed,
  eventIds,
  later,
  MINUTE,
  NOW,
  range,
  record,
  settled,
  states,
  unsettled,
} from './data.ts'

/** What `record` says of an event, and what `settle` changes about it. */
export const recordCases: readonly StoreCase[] = casesOf('record', {
  async 'inserts an event once, however often it comes'({ store }) {
    const events = [unsettled(bounce('a'))]
    expect(await record(store, { events })).toEqual({
      events: [{ id: 'toy_a', state: 'new', attempt: 1 }],
      tokenReused: false,
    })
    for (const _ of range(3)) await record(store, { events })
    expect(await eventIds(store)).toEqual(['a'])
  },

  async 'answers for each event of a batch, in its order'({ store }) {
    await record(store, { events: [settled(bounce('b')), unsettled(bounce('d'))] })
    const events = ['a', 'b', 'c', 'd', 'e'].map((id) => unsettled(bounce(id)))
    const result = await record(store, { events })
    expect(result.events.map((event) => event.id)).toEqual(['toy_a', 'toy_b', 'toy_c', 'toy_d', 'toy_e'])
    expect(states(result)).toEqual(['new 1', 'settled 0', 'new 1', 'busy 0', 'new 1'])
  },

  async 'keeps what came first of two events with one id'({ store }) {
    await record(store, { events: [settled(bounce('a', { diagnostic: 'first' }))] })
    await record(store, { events: [settled(bounce('a', { diagnostic: 'second' }))] })
    expect((await store.events({})).items).toEqual([bounce('a', { diagnostic: 'first' })])
  },

  async 'settles at once what nobody handles'({ store }) {
    expect(states(await record(store, { events: [settled(bounce('a'))] }))).toEqual(['new 0'])
    expect(states(await record(store, { events: [unsettled(bounce('a'))] }))).toEqual(['settled 0'])
    expect(await claimed(store, later(1))).toEqual([])
  },

  async 'leaves an event to whoever claimed it until the lease ends'({ store }) {
    const events = [unsettled(bounce('a'))]
    await record(store, { events })
    expect(states(await record(store, { events, now: NOW + 1 }))).toEqual(['busy 0'])
    expect(states(await record(store, { events, now: NOW + MINUTE - 1 }))).toEqual(['busy 0'])
    expect(states(await record(store, { events, now: NOW + MINUTE }))).toEqual(['again 2'])
    expect(states(await record(store, { events, now: NOW + MINUTE }))).toEqual(['busy 0'])
    expect(states(await record(store, { events, now: NOW + 2 * MINUTE }))).toEqual(['again 3'])
  },

  async 'hands a failed event out again at once, and counts'({ store }) {
    const events = [unsettled(bounce('a'))]
    await record(store, { events })
    await store.settle([{ id: 'toy_a', outcome: 'failed' }])
    expect(states(await record(store, { events }))).toEqual(['again 2'])
    await store.settle([{ id: 'toy_a', outcome: 'failed' }])
    expect(states(await record(store, { events }))).toEqual(['again 3'])
  },

  async 'never hands out a settled event again'({ store }) {
    const events = [unsettled(bounce('a'))]
    await record(store, { events })
    await store.settle([{ id: 'toy_a', outcome: 'settled' }])
    expect(states(await record(store, { events, now: NOW + 2 * MINUTE }))).toEqual(['settled 0'])
    await store.settle([{ id: 'toy_a', outcome: 'failed' }])
    expect(states(await record(store, { events, now: NOW + 3 * MINUTE }))).toEqual(['settled 0'])
  },

  async 'settles only what it is told to, and ignores ids that it does not know'({ store }) {
    const events = range(5).map((index) => unsettled(bounce(`e${index}`)))
    await record(store, { events })
    await store.settle([])
    await store.settle([
      { id: 'toy_e1', outcome: 'settled' },
      { id: 'toy_unknown', outcome: 'settled' },
      { id: 'toy_e3', outcome: 'failed' },
      { id: 'toy_unknown', outcome: 'failed' },
    ])
    expect(states(await record(store, { events, now: NOW + 1 }))).toEqual([
      'busy 0',
      'settled 0',
      'busy 0',
      'again 2',
      'busy 0',
    ])
    expect(await eventIds(store)).toHaveLength(5)
  },

  async 'takes an empty batch, and one of a thousand events'({ store }) {
    expect(await record(store, {})).toEqual({ events: [], tokenReused: false })
    const events = range(1000).map((index) => settled(bounce(`e${index}`)))
    const result = await record(store, { events })
    expect(result.events.map((event) => event.id)).toEqual(events.map(({ event }) => event.id))
    expect(new Set(states(result))).toEqual(new Set(['new 0']))
    expect(new Set(states(await record(store, { events })))).toEqual(new Set(['settled 0']))
  },

  async 'takes an event whose recipient is no address'({ store }) {
    await record(store, { events: [{ event: bounce('a', { recipient: 'undisclosed' }), settled: true }] })
    expect(await eventIds(store)).toEqual(['a'])
    expect(await eventIds(store, { key: 'undisclosed' })).toEqual([])
  },
})
