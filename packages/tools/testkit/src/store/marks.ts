import type { NewMark } from '@bouncy/core/store'
import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import { bounce, iso, MINUTE, NOW, range, record, settled, standing, strike, suppressing } from './data.ts'

const KIM = 'kim@example.com'
const DAY = 24 * 60 * MINUTE

/** How marks become suppressions. */
export const markCases: readonly StoreCase[] = casesOf('marks', {
  async 'suppresses with the event that brought the mark'({ store }) {
    await record(store, {
      events: [settled(bounce('a'))],
      marks: [suppressing(KIM, 'toy_a', { eventId: 'toy_a' })],
    })
    expect(await store.findSuppressions([KIM])).toEqual([
      { address: KIM, reason: 'bounce', since: iso(NOW), provider: 'toy', eventId: 'toy_a' },
    ])
  },

  async 'keeps everything that a suppression can say'({ store }) {
    const mark = suppressing(KIM, 'toy_a', {
      reason: 'unsubscribe',
      scope: { stream: 'news', tenant: 'acme' },
      expiresAt: NOW + DAY,
      note: 'asked for it',
    })
    await record(store, { marks: [mark] })
    expect(await store.findSuppressions([KIM])).toEqual([
      {
        address: KIM,
        reason: 'unsubscribe',
        since: iso(NOW),
        expiresAt: iso(NOW + DAY),
        scope: { stream: 'news', tenant: 'acme' },
        provider: 'toy',
        eventId: 'toy_a',
        note: 'asked for it',
      },
    ])
  },

  async 'leaves out the marks of events that were there'({ store }) {
    const events = [settled(bounce('a'))]
    await record(store, { events })
    const late = suppressing(KIM, 'toy_a', { eventId: 'toy_a' })
    await record(store, { events, marks: [late] })
    expect(await standing(store)).toEqual([])
    const mixed = [late, suppressing(KIM, 'toy_b', { eventId: 'toy_b', reason: 'complaint' })]
    await record(store, { events: [...events, settled(bounce('b'))], marks: mixed })
    expect(await standing(store)).toEqual(['complaint'])
  },

  async 'applies marks without an event, whatever else is in the batch'({ store }) {
    await record(store, { marks: [suppressing(KIM, 'by-hand', { reason: 'manual' })] })
    expect(await standing(store)).toEqual(['manual'])
    const events = [settled(bounce('a'))]
    await record(store, { events })
    await record(store, { events, marks: [suppressing(KIM, 'by-hand-2', { reason: 'unsubscribe' })] })
    expect(await standing(store)).toEqual(['manual', 'unsubscribe'])
  },

  async 'remembers what does not suppress yet'({ store }) {
    for (const index of [0, 1]) {
      await record(store, { marks: [strike(KIM, `s${index}`, NOW + index * MINUTE)] })
      expect(await standing(store)).toEqual([])
    }
    await record(store, { marks: [strike(KIM, 's2', NOW + 2 * MINUTE)] })
    expect(await store.findSuppressions([KIM])).toEqual([
      expect.objectContaining({
        reason: 'bounce',
        since: iso(NOW + 2 * MINUTE),
        expiresAt: iso(NOW + 2 * MINUTE + DAY),
      }),
    ])
  },

  async 'folds several marks on one address in one batch'({ store }) {
    await record(store, { marks: range(3).map((index) => strike(KIM, `s${index}`, NOW + index)) })
    expect(await standing(store)).toEqual(['bounce'])
  },

  async 'ends in the same list, whatever the order of arrival'({ store }) {
    const marks: readonly NewMark['mark'][] = [
      suppressing('', 'toy_a', { at: NOW + 1 }).mark,
      { kind: 'lift', at: NOW + 2, source: '["toy",null]' },
      suppressing('', 'toy_b', { at: NOW + 3, reason: 'complaint' }).mark,
      { kind: 'reset', at: NOW + 4, ledger: 'soft-bounce' },
      strike('', 'toy_c', NOW + 3).mark,
      strike('', 'toy_d', NOW + 4).mark,
      strike('', 'toy_e', NOW + 5).mark,
    ]
    const orders = range(marks.length).flatMap((shift) => {
      const turned = [...marks.slice(shift), ...marks.slice(0, shift)]
      return [turned, turned.toReversed()]
    })
    for (const [index, order] of orders.entries()) {
      const key = `kim${index}@example.com`
      for (const mark of order) await record(store, { marks: [{ key, mark }] })
      expect(await standing(store, key), `order ${index}`).toEqual(['complaint'])
    }
  },

  async 'takes a suppression away, and gives it back'({ store }) {
    await record(store, { marks: [suppressing(KIM, 'toy_a'), suppressing('ann@example.org', 'toy_b')] })
    await record(store, { marks: [{ key: KIM, mark: { kind: 'lift', at: NOW + 1, actor: 'support' } }] })
    expect(await standing(store)).toEqual([])
    expect(await standing(store, 'ann@example.org')).toEqual(['bounce'])
    expect((await store.suppressions({ now: NOW })).items.map((one) => one.address)).toEqual([
      'ann@example.org',
    ])
    await record(store, { marks: [suppressing(KIM, 'toy_c', { at: NOW + 2 })] })
    expect(await standing(store)).toEqual(['bounce'])
    expect((await store.suppressions({ now: NOW })).items).toHaveLength(2)
  },

  async 'changes a suppression in place'({ store }) {
    await record(store, { marks: [suppressing(KIM, 'toy_a', { expiresAt: NOW + MINUTE })] })
    await record(store, { marks: [suppressing(KIM, 'toy_b', { at: NOW + 5 })] })
    const found = await store.findSuppressions([KIM])
    expect(found).toEqual([expect.objectContaining({ since: iso(NOW + 5), eventId: 'toy_b' })])
    expect(found[0]).not.toHaveProperty('expiresAt')
    expect((await store.suppressions({ now: NOW + DAY })).items).toEqual(found)
  },
})
