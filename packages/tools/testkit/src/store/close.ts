import type { Store } from '@bouncy/core/store'
import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import {
  bounce,
  claimed,
  eventIds,
  idsOf,
  later,
  MINUTE,
  NOW,
  padded,
  quarantined,
  range,
  record,
  settled,
  standing,
  states,
  strike,
  suppressing,
  token,
  unsettled,
} from './data.ts'

const KIM = 'kim@example.com'

/** Closing is harmless. */
export const closeCases: readonly StoreCase[] = casesOf('close', {
  async 'may be closed without having been used, and twice'({ store }) {
    await store.close()
    await store.close()
  },

  async 'finishes what it was asked before'({ store }) {
    const recorded = range(20).map((index) => record(store, { events: [settled(bounce(`e${index}`))] }))
    await store.close()
    for (const result of await Promise.all(recorded)) expect(states(result)).toEqual(['new 0'])
  },
})

/** What was acknowledged is there after the store was closed and opened again. */
export const reopenCases: readonly StoreCase[] = casesOf('reopen', {
  async 'events, suppressions, their trail and the quarantine are there'({ store, reopen }) {
    await record(store, {
      events: range(20).map((index) => settled(bounce(padded(index)))),
      marks: [suppressing(KIM, 'toy_a', { note: 'Grüße 💌' })],
      quarantined: [quarantined('a')],
    })
    const all = async (opened: Store): Promise<readonly unknown[]> => [
      await opened.events({}),
      await opened.findSuppressions([KIM]),
      await opened.quarantined({}),
      await opened.audit({}),
    ]
    const before = await all(store)
    const again = await reopen()
    expect(await eventIds(again)).toHaveLength(20)
    expect((await again.audit({})).items).toHaveLength(1)
    expect(await all(again)).toEqual(before)
    expect((await again.suppressions({ now: NOW })).items).toHaveLength(1)
  },

  async 'what was handled is known, and what was not is still to be done'({ store, reopen }) {
    const events = ['done', 'failed', 'held'].map((id) => unsettled(bounce(id)))
    await record(store, { events })
    await store.settle([
      { id: 'toy_done', outcome: 'settled' },
      { id: 'toy_failed', outcome: 'failed' },
    ])
    const again = await reopen()
    expect(states(await record(again, { events }))).toEqual(['settled 0', 'again 2', 'busy 0'])
    const found = await again.claim(later(1))
    expect(idsOf(found.map(({ event }) => event))).toEqual(['failed', 'held'])
    expect(found.map(({ attempt }) => attempt)).toEqual([3, 2])
  },

  async 'what is dead stays dead, and what is to be tried later is tried later'({ store, reopen }) {
    const events = ['dead', 'later'].map((id) => unsettled(bounce(id)))
    await record(store, { events })
    await store.settle([
      { id: 'toy_dead', outcome: 'dead' },
      { id: 'toy_later', outcome: 'failed', retryAt: NOW + 5 * MINUTE },
    ])
    const again = await reopen()
    expect(await claimed(again, later(4))).toEqual([])
    expect(await claimed(again, later(5))).toEqual(['later'])
    expect(states(await record(again, { events }))).toEqual(['dead 0', 'busy 0'])
  },

  async 'a token stays spent'({ store, reopen }) {
    await record(store, { tokens: [token('t', 'body')] })
    const again = await reopen()
    expect(await record(again, { tokens: [token('t', 'another body')] })).toMatchObject({ tokenReused: true })
    expect(await record(again, { tokens: [token('t', 'body')] })).toMatchObject({ tokenReused: false })
  },

  async 'what is known of an address goes on counting'({ store, reopen }) {
    await record(store, { marks: [strike(KIM, 's1', NOW), strike(KIM, 's2', NOW + 1)] })
    await record(store, {
      marks: [{ key: 'ann@example.org', mark: { kind: 'lift', at: NOW + 9, source: '["toy",null]' } }],
    })
    const again = await reopen()
    await record(again, { marks: [strike(KIM, 's3', NOW + 2), suppressing('ann@example.org', 'toy_late')] })
    expect(await standing(again)).toEqual(['bounce'])
    expect(await standing(again, 'ann@example.org')).toEqual([])
  },

  async 'an event is known, however often the store was opened'({ store, reopen }) {
    const events = [settled(bounce('a'))]
    expect(states(await record(store, { events }))).toEqual(['new 0'])
    for (const _ of range(3)) expect(states(await record(await reopen(), { events }))).toEqual(['settled 0'])
  },
})
