import type { Store } from '@bouncy/core/store'
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

const EVENTS = [unsettled(bounce('a'))]

/** Settles an event together with what `work` writes. */
function settleWith(
  store: Store,
  id: string,
  work: (transaction: unknown) => Promise<unknown>,
): Promise<void> {
  if (store.settleWith === undefined) {
    throw new Error('testStore: this store has no settleWith; skip the group with its reason')
  }
  return store.settleWith(`toy_${id}`, async (transaction) => {
    await work(transaction)
  })
}

/** What a handler writes through the transaction is there exactly when its event is settled. */
export const transactionCases: readonly StoreCase[] = casesOf('transactions', {
  async 'settles the event together with what was written'({ store, probe }) {
    await record(store, { events: EVENTS })
    await settleWith(store, 'a', (transaction) => probe.write(transaction, 'written'))
    expect(await probe.read()).toEqual(['written'])
    expect(states(await record(store, { events: EVENTS, now: NOW + 9 * MINUTE }))).toEqual(['settled 0'])
    expect(await claimed(store, later(9))).toEqual([])
  },

  async 'keeps nothing of work that fails, and says why'({ store, probe }) {
    await record(store, { events: EVENTS })
    const error = new Error('as it should')
    await expect(
      settleWith(store, 'a', async (transaction) => {
        await probe.write(transaction, 'lost')
        throw error
      }),
    ).rejects.toBe(error)
    expect(await probe.read()).toEqual([])
    expect(states(await record(store, { events: EVENTS }))).toEqual(['busy 0'])
    await settleWith(store, 'a', (transaction) => probe.write(transaction, 'kept'))
    expect(await probe.read()).toEqual(['kept'])
  },

  async 'does neither where nobody has claimed the event'({ store, probe }) {
    const ids = ['failed', 'dead', 'settled', 'revived']
    await record(store, { events: ids.map((id) => unsettled(bounce(id))) })
    await store.settle([
      { id: 'toy_revived', outcome: 'dead' },
      ...ids.map((id) => ({ id: `toy_${id}`, outcome: id as 'failed' })),
    ])
    for (const id of [...ids, 'unknown']) {
      await expect(
        settleWith(store, id, (transaction) => probe.write(transaction, id)),
        id,
      ).rejects.toThrow()
    }
    expect(await probe.read()).toEqual([])
    expect(await claimed(store, later(0))).toEqual(['failed', 'revived'])
    expect((await store.events({ state: 'dead' })).items).toHaveLength(1)
  },

  async 'settles what was claimed again'({ store, probe }) {
    await record(store, { events: EVENTS, leaseUntil: NOW })
    expect(await claimed(store, later(1))).toEqual(['a'])
    await settleWith(store, 'a', (transaction) => probe.write(transaction, 'written'))
    expect(states(await record(store, { events: EVENTS, now: NOW + 9 * MINUTE }))).toEqual(['settled 0'])
  },

  async 'does the work of one of several who do it at once'({ store, probe }) {
    await record(store, { events: EVENTS })
    const outcomes = await Promise.allSettled(
      range(4).map((index) => settleWith(store, 'a', (transaction) => probe.write(transaction, `w${index}`))),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await probe.read()).toHaveLength(1)
  },

  async 'does the work of many events at once'({ store, probe }) {
    const ids = range(12).map((index) => `e${index}`)
    await record(store, { events: ids.map((id) => unsettled(bounce(id))) })
    await Promise.all(ids.map((id) => settleWith(store, id, (transaction) => probe.write(transaction, id))))
    expect([...(await probe.read())].sort()).toEqual([...ids].sort())
    expect((await store.events({ state: 'settled' })).items).toHaveLength(12)
  },

  async 'keeps what others record in the meantime'({ store, probe }) {
    await record(store, { events: EVENTS })
    let recording: Promise<unknown> | undefined
    await settleWith(store, 'a', async (transaction) => {
      await probe.write(transaction, 'written')
      recording = record(store, { events: [settled(bounce('b'))] })
    })
    await recording
    expect(await eventIds(store)).toEqual(['b', 'a'])
    await expect(
      settleWith(store, 'a', async () => {
        recording = record(store, { events: [settled(bounce('c'))] })
        throw new Error('as it should')
      }),
    ).rejects.toThrow('as it should')
    await recording
    expect(await eventIds(store)).toEqual(['c', 'b', 'a'])
  },
})
