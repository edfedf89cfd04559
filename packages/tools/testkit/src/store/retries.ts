import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import { bounce, claimed, later, MINUTE, NOW, range, record, states, unsettled } from './data.ts'

const EVENTS = [unsettled(bounce('a'))]
const failed = (retryAt?: number) =>
  ({ id: 'toy_a', outcome: 'failed', ...(retryAt === undefined ? {} : { retryAt }) }) as const

/** What becomes of an event whose handlers fail. */
export const retryCases: readonly StoreCase[] = casesOf('retries', {
  async 'gives a failed event out once it is due'({ store }) {
    await record(store, { events: EVENTS })
    await store.settle([failed(NOW + 5 * MINUTE)])
    expect(await claimed(store, later(4))).toEqual([])
    expect(await claimed(store, later(5, { dueBy: NOW + 5 * MINUTE - 1 }))).toEqual([])
    expect(await claimed(store, later(5))).toEqual(['a'])
  },

  async 'gives it out before that to who does not want to wait'({ store }) {
    await record(store, { events: EVENTS })
    await store.settle([failed(NOW + 9 * MINUTE)])
    expect(await claimed(store, later(1, { dueBy: Number.MAX_SAFE_INTEGER }))).toEqual(['a'])
  },

  async 'holds no redelivery back until it is due'({ store }) {
    await record(store, { events: EVENTS })
    await store.settle([failed(NOW + 9 * MINUTE)])
    expect(states(await record(store, { events: EVENTS }))).toEqual(['again 2'])
  },

  async 'gives it out at once where no time is given'({ store }) {
    await record(store, { events: EVENTS })
    await store.settle([failed(NOW + 9 * MINUTE)])
    await record(store, { events: EVENTS })
    await store.settle([failed()])
    expect(await claimed(store, later(0, { dueBy: 0 }))).toEqual(['a'])
  },

  async 'gives out oldest receipt first, whatever is due first'({ store }) {
    for (const index of range(4)) {
      await record(store, { now: NOW + index, events: [unsettled(bounce(`e${index}`))] })
    }
    await store.settle(
      range(4).map(
        (index) => ({ id: `toy_e${index}`, outcome: 'failed', retryAt: NOW + 9 - index }) as const,
      ),
    )
    expect(await claimed(store, later(1, { limit: 3 }))).toEqual(['e0', 'e1', 'e2'])
  },

  async 'gives out nothing that is dead'({ store }) {
    await record(store, { events: EVENTS })
    await store.settle([{ id: 'toy_a', outcome: 'dead' }])
    expect(await claimed(store, later(9, { dueBy: Number.MAX_SAFE_INTEGER }))).toEqual([])
    expect(states(await record(store, { events: EVENTS, now: NOW + 9 * MINUTE }))).toEqual(['dead 0'])
  },

  async 'revives as if the event had never been tried'({ store }) {
    await record(store, { events: EVENTS })
    await store.settle([failed(NOW + 5)])
    expect(states(await record(store, { events: EVENTS }))).toEqual(['again 2'])
    await store.settle([{ id: 'toy_a', outcome: 'dead' }])
    await store.settle([{ id: 'toy_a', outcome: 'revived' }])
    const [again] = await store.claim(later(0, { dueBy: 0 }))
    expect(again).toEqual({ event: bounce('a'), attempt: 1 })
    await store.settle([failed()])
    expect(states(await record(store, { events: EVENTS }))).toEqual(['again 2'])
  },

  async 'revives nothing that somebody has claimed'({ store }) {
    await record(store, { events: EVENTS })
    await store.settle([{ id: 'toy_a', outcome: 'revived' }])
    expect(states(await record(store, { events: EVENTS }))).toEqual(['busy 0'])
    const ends = ['dead', 'revived'] as const
    await store.settle(ends.map((outcome) => ({ id: 'toy_a', outcome })))
    expect(await claimed(store, later(0))).toEqual(['a'])
    await store.settle([{ id: 'toy_a', outcome: 'revived' }])
    expect(await claimed(store, later(0))).toEqual([])
  },

  async 'leaves a settled event settled, whatever is said of it'({ store }) {
    await record(store, { events: EVENTS })
    await store.settle([{ id: 'toy_a', outcome: 'settled' }])
    for (const outcome of ['failed', 'dead', 'revived'] as const) {
      await store.settle([{ id: 'toy_a', outcome }])
      expect(states(await record(store, { events: EVENTS, now: NOW + 9 * MINUTE })), outcome).toEqual([
        'settled 0',
      ])
    }
  },

  async 'settles what was dead'({ store }) {
    await record(store, { events: EVENTS })
    await store.settle([{ id: 'toy_a', outcome: 'dead' }])
    await store.settle([{ id: 'toy_a', outcome: 'settled' }])
    expect(states(await record(store, { events: EVENTS }))).toEqual(['settled 0'])
  },

  async 'takes several outcomes of one event in their order'({ store }) {
    const events = ['a', 'b', 'c'].map((id) => unsettled(bounce(id)))
    await record(store, { events })
    await store.settle([
      { id: 'toy_a', outcome: 'settled' },
      { id: 'toy_a', outcome: 'dead' },
      { id: 'toy_b', outcome: 'dead' },
      { id: 'toy_b', outcome: 'revived' },
      { id: 'toy_c', outcome: 'failed', retryAt: NOW },
      { id: 'toy_c', outcome: 'failed', retryAt: NOW + 9 * MINUTE },
    ])
    expect(await claimed(store, later(1))).toEqual(['b'])
    expect(states(await record(store, { events }))).toEqual(['settled 0', 'busy 0', 'again 2'])
  },

  async 'lists by how far the handlers have come'({ store }) {
    const ids = ['done', 'dead', 'failed', 'fresh', 'revived']
    await record(store, { events: ids.map((id) => unsettled(bounce(id))) })
    await record(store, { events: [{ event: bounce('unhandled'), settled: true }] })
    await store.settle([
      { id: 'toy_done', outcome: 'settled' },
      { id: 'toy_dead', outcome: 'dead' },
      { id: 'toy_failed', outcome: 'failed', retryAt: NOW + MINUTE },
      { id: 'toy_revived', outcome: 'dead' },
      { id: 'toy_revived', outcome: 'revived' },
    ])
    const inState = async (state: 'settled' | 'unsettled' | 'dead'): Promise<readonly string[]> =>
      (await store.events({ state })).items.map((event) => event.id.slice(4))
    expect(await inState('settled')).toEqual(['unhandled', 'done'])
    expect(await inState('unsettled')).toEqual(['revived', 'fresh', 'failed'])
    expect(await inState('dead')).toEqual(['dead'])
    expect((await store.events({})).items).toHaveLength(6)
    expect((await store.events({ state: 'dead', key: 'nobody@example.com' })).items).toEqual([])
  },
})
