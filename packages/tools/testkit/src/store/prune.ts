import type { MailEvent, PruneReport } from '@bouncy/core'
import type { PruneLimits } from '@bouncy/core/store'
import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import {
  bounce,
  claimed,
  eventIds,
  iso,
  keep,
  later,
  lifting,
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
const DAY = 24 * 60 * MINUTE

/** An event without its details, as the caller has them removed. */
function lean({ messageId: _, ...event }: MailEvent): MailEvent {
  return { ...event, raw: null } as MailEvent
}

/** Limits that remove nothing but what the overrides say. */
const limits = (overrides: Partial<PruneLimits> = {}): PruneLimits => ({
  now: NOW,
  rawBefore: 0,
  eventsBefore: 0,
  quarantinedBefore: 0,
  addressesBefore: 0,
  auditBefore: 0,
  redact: lean,
  ...overrides,
})

const report = (overrides: Partial<PruneReport> = {}): PruneReport => ({
  redacted: 0,
  events: 0,
  quarantined: 0,
  addresses: 0,
  audit: 0,
  tokens: 0,
  ...overrides,
})

/** What is past keeping goes, and nothing else. */
export const pruneCases: readonly StoreCase[] = casesOf('prune', {
  async 'removes nothing at the very limit'({ store }) {
    await record(store, {
      events: [settled(bounce('a')), unsettled(bounce('b'))],
      marks: [strike(KIM, 's1', NOW), suppressing('ann@example.org', 'toy_a', { expiresAt: NOW })],
      quarantined: [quarantined('a')],
      tokens: [token('t', 'body', NOW)],
    })
    const before = [await store.events({}), await store.quarantined({}), await store.audit({})]
    const now = {
      rawBefore: NOW,
      eventsBefore: NOW,
      quarantinedBefore: NOW,
      addressesBefore: NOW,
      auditBefore: NOW,
    }
    expect(await store.prune(limits(now))).toEqual(report())
    const after = [await store.events({}), await store.quarantined({}), await store.audit({})]
    expect(after).toEqual(before)
    expect(await store.findSuppressions(['ann@example.org'])).toHaveLength(1)
    expect(await record(store, { tokens: [token('t', 'another body')] })).toMatchObject({ tokenReused: true })
  },

  async 'redacts what is old, once, whether it is settled or not'({ store }) {
    await record(store, {
      events: [
        settled(bounce('done', { messageId: 'm-1' })),
        unsettled(bounce('open')),
        unsettled(bounce('dead')),
      ],
    })
    await store.settle([{ id: 'toy_dead', outcome: 'dead' }])
    await record(store, { now: NOW + 1, events: [settled(bounce('young', { messageId: 'm-1' }))] })
    expect(await store.prune(limits({ rawBefore: NOW + 1 }))).toEqual(report({ redacted: 3 }))
    const { items } = await store.events({})
    expect(items.map(({ id, raw }) => [id.slice(4), raw])).toEqual([
      ['young', { id: 'young' }],
      ['open', null],
      ['done', null],
      ['dead', null],
    ])
    expect(items.at(2)).toEqual(lean(bounce('done')))
    expect(await eventIds(store, { messageId: 'm-1' })).toEqual(['young'])
    expect(await eventIds(store, { key: KIM })).toHaveLength(4)
    expect(await store.prune(limits({ rawBefore: NOW + 1 }))).toEqual(report())
    expect(await store.prune(limits({ rawBefore: NOW + 2 }))).toEqual(report({ redacted: 1 }))
  },

  async 'changes nothing of an event but what is redacted'({ store }) {
    const events = ['done', 'open', 'dead'].map((id) => unsettled(bounce(id)))
    await record(store, { events })
    await store.settle([
      { id: 'toy_done', outcome: 'settled' },
      { id: 'toy_dead', outcome: 'dead' },
    ])
    await store.prune(limits({ rawBefore: NOW + 1 }))
    expect(states(await record(store, { events }))).toEqual(['settled 0', 'busy 0', 'dead 0'])
    expect((await store.claim(later(1))).map(({ event, attempt }) => [event.id, event.raw, attempt])).toEqual(
      [['toy_open', null, 2]],
    )
  },

  async 'deletes settled events, and that they were there'({ store }) {
    const events = ['done', 'open', 'dead'].map((id) => unsettled(bounce(id)))
    await record(store, { events })
    await store.settle([
      { id: 'toy_done', outcome: 'settled' },
      { id: 'toy_dead', outcome: 'dead' },
    ])
    await record(store, { now: NOW + 1, events: [settled(bounce('young'))] })
    expect(await store.prune(limits({ eventsBefore: NOW + 1 }))).toEqual(report({ events: 1 }))
    expect(await eventIds(store)).toEqual(['young', 'open', 'dead'])
    expect(states(await record(store, { events }))).toEqual(['new 1', 'busy 0', 'dead 0'])
  },

  async 'deletes by the time of receipt, not the provider’s'({ store }) {
    await record(store, { now: NOW, events: [settled(bounce('old', { timestamp: iso(NOW + MINUTE) }))] })
    await record(store, {
      now: NOW + 9,
      events: [settled(bounce('young', { timestamp: iso(NOW - MINUTE) }))],
    })
    expect(await store.prune(limits({ eventsBefore: NOW + 5 }))).toEqual(report({ events: 1 }))
    expect(await eventIds(store)).toEqual(['young'])
  },

  async 'deletes what was redacted before, and what was not, and counts each once'({ store }) {
    for (const index of range(6)) {
      await record(store, { now: NOW + index, events: [settled(bounce(`e${index}`))] })
    }
    await store.prune(limits({ rawBefore: NOW + 2 }))
    const both = limits({ rawBefore: NOW + 6, eventsBefore: NOW + 4 })
    expect(await store.prune(both)).toEqual(report({ events: 4, redacted: 2 }))
    expect(await eventIds(store)).toEqual(['e5', 'e4'])
  },

  async 'deletes what was not understood'({ store }) {
    await record(store, {
      quarantined: range(5).map((index) => quarantined(`q${index}`, { receivedAt: iso(NOW + index) })),
    })
    expect(await store.prune(limits({ quarantinedBefore: NOW + 3 }))).toEqual(report({ quarantined: 3 }))
    expect((await store.quarantined({})).items.map(({ id }) => id)).toEqual(['toy_q4', 'toy_q3'])
  },

  async 'forgets addresses from which nothing follows any more'({ store }) {
    const keys = ['strikes', 'expired', 'lifted', 'suppressed', 'recent'].map((name) => `${name}@example.com`)
    const [strikes = '', expired = '', lifted = '', suppressed = '', recent = ''] = keys
    await record(store, {
      marks: [
        strike(strikes, 's1', NOW),
        strike(strikes, 's2', NOW + 1),
        suppressing(expired, 'toy_e', { expiresAt: NOW + 8 }),
        suppressing(lifted, 'toy_l'),
        lifting(lifted, { at: NOW + 1 }),
        suppressing(suppressed, 'toy_s'),
        strike(recent, 's1', NOW),
        strike(recent, 's2', NOW + 9),
      ],
    })
    expect(await store.prune(limits({ addressesBefore: NOW + 1 }))).toEqual(report())
    expect(await store.prune(limits({ addressesBefore: NOW + 9 }))).toEqual(report({ addresses: 2 }))
    expect(await store.findSuppressions([expired, lifted])).toEqual([])
    expect(await standing(store, suppressed)).toEqual(['bounce'])
    // strikes are forgotten when the day is over in which they count
    expect(await store.prune(limits({ addressesBefore: NOW + DAY + 1 }))).toEqual(report())
    expect(await store.prune(limits({ addressesBefore: NOW + DAY + 9 }))).toEqual(report({ addresses: 1 }))
    for (const key of [strikes, recent]) await record(store, { marks: [strike(key, 's3', NOW + 10)] })
    expect(await standing(store, strikes)).toEqual([])
    expect(await standing(store, recent)).toEqual(['bounce'])
  },

  async 'keeps what follows from strikes for as long as it lasts'({ store }) {
    const [pause, forGood] = ['pause@example.com', 'for-good@example.com']
    const marks = [0, 1, 2].flatMap((index) => {
      const { mark } = strike(forGood, `g${index}`, NOW + index)
      const { suppressForMs: _, ...endless } = mark as Extract<typeof mark, { kind: 'strike' }>
      return [strike(pause, `p${index}`, NOW + index), { key: forGood, mark: endless }]
    })
    await record(store, { marks })
    expect(await store.prune(limits({ addressesBefore: NOW + DAY }))).toEqual(report())
    expect(await standing(store, pause)).toEqual(['bounce'])
    expect(await store.prune(limits({ addressesBefore: NOW + 400 * DAY }))).toEqual(report({ addresses: 1 }))
    expect(await standing(store, pause)).toEqual([])
    expect(await standing(store, forGood)).toEqual(['bounce'])
  },

  async 'forgets an address that was suppressed for good, once that was lifted'({ store }) {
    await record(store, { marks: [suppressing(KIM, 'toy_a')] })
    const muchLater = NOW + 1e12
    expect(await store.prune(limits({ addressesBefore: muchLater }))).toEqual(report())
    await record(store, { marks: [lifting(KIM, { at: NOW + 1 })] })
    expect(await store.prune(limits({ addressesBefore: muchLater }))).toEqual(report({ addresses: 1 }))
    await record(store, { marks: [strike(KIM, 's1', NOW)] })
    expect(await store.prune(limits({ addressesBefore: NOW + DAY + 1 }))).toEqual(report({ addresses: 1 }))
  },

  async 'forgets old changes of the list'({ store }) {
    for (const index of range(5)) {
      await record(store, { now: NOW + index, marks: [suppressing(`${index}@example.com`, `toy_${index}`)] })
    }
    expect(await store.prune(limits({ auditBefore: NOW + 3 }))).toEqual(report({ audit: 3 }))
    expect((await store.audit({})).items.map(({ address }) => address)).toEqual([
      '4@example.com',
      '3@example.com',
    ])
    expect((await store.suppressions({ now: NOW })).items).toHaveLength(5)
  },

  async 'forgets tokens that nobody can use any more'({ store }) {
    await record(store, { tokens: range(3).map((index) => token(`t${index}`, 'body', NOW + index)) })
    expect(await store.prune(limits({ now: NOW + 2 }))).toEqual(report({ tokens: 2 }))
    for (const [index, tokenReused] of [false, false, true].entries()) {
      const batch = { tokens: [token(`t${index}`, 'another body')] }
      expect(await record(store, batch)).toMatchObject({ tokenReused })
    }
  },

  async 'removes much, while others go on recording'({ store }) {
    const count = 1500
    for (const part of [0, 500, 1000]) {
      await record(store, {
        events: range(500).map((index) => settled(bounce(padded(part + index)))),
        marks: range(500).map((index) =>
          suppressing(`${part + index}@example.com`, `toy_${index}`, { expiresAt: NOW }),
        ),
        quarantined: range(500).map((index) => quarantined(padded(part + index))),
        tokens: range(500).map((index) => token(padded(part + index), 'body')),
      })
    }
    const all = limits({
      now: NOW + 2 * MINUTE,
      rawBefore: NOW + 1,
      quarantinedBefore: NOW + 1,
      addressesBefore: NOW + 1,
      auditBefore: NOW + 1,
    })
    const pruning = store.prune(all)
    const now = NOW + 3 * MINUTE
    const recorded = await Promise.all(
      range(20).map((index) =>
        record(store, {
          now,
          events: [settled(bounce(`new${index}`))],
          marks: [suppressing(`new${index}@example.com`, `toy_new${index}`, { at: now })],
          quarantined: [quarantined(`new${index}`, { receivedAt: iso(now) })],
          tokens: [token(`new${index}`, 'body', now)],
        }),
      ),
    )
    for (const result of recorded) expect(states(result)).toEqual(['new 0'])
    expect(await pruning).toEqual({
      redacted: count,
      events: 0,
      quarantined: count,
      addresses: count,
      audit: count,
      tokens: count,
    })
    expect(await store.prune(limits({ eventsBefore: NOW + 1 }))).toEqual(report({ events: count }))
    expect(await eventIds(store)).toHaveLength(20)
    expect((await store.quarantined({})).items).toHaveLength(20)
    expect((await store.audit({})).items).toHaveLength(20)
    expect((await store.suppressions({ now })).items).toHaveLength(20)
  },

  async 'counts each thing once when two prune at once'({ store }) {
    await keep(store, ...range(700).map((index) => bounce(padded(index))))
    const reports = await Promise.all([
      store.prune(limits({ rawBefore: NOW + 1 })),
      store.prune(limits({ rawBefore: NOW + 1 })),
    ])
    expect(reports[0].redacted + reports[1].redacted).toBe(700)
    const again = await Promise.all(range(3).map(() => store.prune(limits({ eventsBefore: NOW + 1 }))))
    expect(again.reduce((sum, { events }) => sum + events, 0)).toBe(700)
    expect(await eventIds(store)).toEqual([])
  },

  async 'loses no mark that is made while addresses are forgotten'({ store }) {
    const keys = range(40).map((index) => `${padded(index)}@example.com`)
    await record(store, { marks: keys.map((key) => strike(key, 's1', NOW)) })
    const [{ addresses }] = await Promise.all([
      store.prune(limits({ addressesBefore: NOW + DAY + 1 })),
      ...keys.map((key) => record(store, { marks: [suppressing(key, 'toy_late', { at: NOW + 5 })] })),
    ])
    expect(addresses).toBeLessThanOrEqual(40)
    expect(await store.findSuppressions(keys)).toHaveLength(40)
  },

  async 'leaves claims alone'({ store }) {
    await record(store, { events: range(3).map((index) => unsettled(bounce(`e${index}`))) })
    const all = limits({ rawBefore: NOW + 1, eventsBefore: NOW + 1 })
    expect(await store.prune(all)).toEqual(report({ redacted: 3 }))
    expect(await claimed(store, later(0))).toEqual([])
    expect(await claimed(store, later(1))).toEqual(['e0', 'e1', 'e2'])
  },
})
