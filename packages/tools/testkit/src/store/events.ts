import type { MailEvent } from '@bouncy/core'
import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import {
  bounce,
  eventIds,
  idsOf,
  iso,
  keep,
  MINUTE,
  NOW,
  padded,
  range,
  record,
  settled,
  walk,
} from './data.ts'

const complaint = (id: string, overrides: Partial<MailEvent> = {}): MailEvent => {
  const { bounceType, reason, countsAgainstRecipient, providerType, ...base } = bounce(id)
  return {
    ...base,
    type: 'complaint',
    feedbackType: 'abuse',
    certain: true,
    ...(overrides as object),
  } as MailEvent
}

/** How events are listed. */
export const eventCases: readonly StoreCase[] = casesOf('events', {
  async 'lists newest first, whatever the order of arrival'({ store }) {
    for (const minute of [3, 1, 4, 0, 2]) {
      await keep(store, bounce(`e${minute}`, { timestamp: iso(NOW + minute * MINUTE) }))
    }
    expect(await eventIds(store)).toEqual(['e4', 'e3', 'e2', 'e1', 'e0'])
  },

  async 'lists by id, descending, where the time is the same'({ store }) {
    await keep(store, ...['b', 'd', 'a', 'c'].map((id) => bounce(id)))
    await keep(store, bounce('z', { timestamp: iso(NOW - 1) }), bounce('0', { timestamp: iso(NOW + 1) }))
    expect(await eventIds(store)).toEqual(['0', 'd', 'c', 'b', 'a', 'z'])
  },

  async 'gives events back as they were'({ store }) {
    const whole = bounce('a', {
      messageId: 'm-1',
      stream: 'news',
      tags: ['one', 'two'],
      metadata: { order: '7' },
      message: { from: 'shop@example.org', subject: 'Your order', sentAt: iso(NOW - MINUTE) },
      status: '5.1.1',
      diagnostic: 'smtp; 550 5.1.1 no such user',
      raw: { nested: [{ deep: { deeper: [1, null, true, 'x', [], {}] } }] },
    })
    await keep(store, whole)
    const [found] = (await store.events({})).items
    expect(found).toStrictEqual(whole)
  },

  async 'lists every event once, page by page, also where times are the same'({ store }) {
    await keep(
      store,
      ...range(40).map((index) =>
        bounce(padded(index), { timestamp: iso(NOW + Math.floor(index / 9) * MINUTE) }),
      ),
    )
    const expected = range(40)
      .map((index) => padded(39 - index))
      .sort((a, b) => Math.floor(Number(b) / 9) - Math.floor(Number(a) / 9) || (a < b ? 1 : -1))
    for (const limit of [1, 3, 9, 13, 39, 40, 41]) {
      expect(await eventIds(store, { limit }), `pages of ${limit}`).toEqual(expected)
    }
  },

  async 'goes on where it was, though events arrive in between'({ store }) {
    await keep(
      store,
      ...range(9).map((index) => bounce(padded(index), { timestamp: iso(NOW - index * MINUTE) })),
    )
    const walked = await walk(
      (cursor) => store.events({ limit: 2, ...cursor }),
      async (pages) => {
        await keep(store, bounce(`newer${pages}`, { timestamp: iso(NOW + pages * MINUTE) }))
      },
    )
    expect(idsOf(walked)).toEqual(range(9).map(padded))
  },

  async 'filters by recipient, type, provider and message'({ store }) {
    await record(store, {
      events: [
        settled(bounce('a', { messageId: 'm-1' }), 'kim@example.com'),
        settled(complaint('b', { messageId: 'm-1' }), 'kim@example.com'),
        settled(bounce('c', { provider: 'other' }), 'kim@example.com'),
        settled(bounce('d', { messageId: 'm-2' }), 'ann@example.org'),
      ],
    })
    expect(await eventIds(store, { key: 'kim@example.com' })).toEqual(['c', 'b', 'a'])
    expect(await eventIds(store, { key: 'ann@example.org' })).toEqual(['d'])
    expect(await eventIds(store, { key: 'nobody@example.com' })).toEqual([])
    expect(await eventIds(store, { type: 'complaint' })).toEqual(['b'])
    expect(await eventIds(store, { type: 'delivery' })).toEqual([])
    expect(await eventIds(store, { provider: 'other' })).toEqual(['c'])
    expect(await eventIds(store, { messageId: 'm-1' })).toEqual(['b', 'a'])
    expect(await eventIds(store, { messageId: 'm' })).toEqual([])
    expect(await eventIds(store, { key: 'kim@example.com', type: 'bounce', provider: 'toy' })).toEqual(['a'])
    expect(await eventIds(store, { key: 'ann@example.org', messageId: 'm-1' })).toEqual([])
  },

  async 'filters page by page'({ store }) {
    await record(store, {
      events: range(30).map((index) =>
        settled(bounce(padded(index)), index % 3 === 0 ? 'ann@example.org' : 'kim@example.com'),
      ),
    })
    expect(await eventIds(store, { key: 'ann@example.org', limit: 4 })).toEqual(
      range(10).map((index) => padded(27 - index * 3)),
    )
  },

  async 'lists what is settled and what is not'({ store }) {
    await record(store, {
      events: [settled(bounce('a')), { event: bounce('b'), key: 'kim@example.com', settled: false }],
    })
    expect(await eventIds(store)).toEqual(['b', 'a'])
  },

  async 'lists fifty unless told otherwise'({ store }) {
    await keep(store, ...range(60).map((index) => bounce(padded(index))))
    expect((await store.events({})).items).toHaveLength(50)
  },
})
