import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import {
  bounce,
  eventIds,
  MINUTE,
  NOW,
  quarantined,
  range,
  record,
  settled,
  standing,
  states,
  suppressing,
  token,
} from './data.ts'

const KIM = 'kim@example.com'

/** What is signed only in part is good for one body. */
export const tokenCases: readonly StoreCase[] = casesOf('tokens', {
  async 'takes a token as often as it comes with the same body'({ store }) {
    const batch = { events: [settled(bounce('a'))], tokens: [token('t', 'body')] }
    expect(await record(store, batch)).toEqual({
      events: [{ id: 'toy_a', state: 'new', attempt: 0 }],
      tokenReused: false,
    })
    for (const _ of range(2)) {
      const again = await record(store, batch)
      expect(again.tokenReused).toBe(false)
      expect(states(again)).toEqual(['settled 0'])
    }
  },

  async 'stores nothing of a batch whose token was spent on another body'({ store }) {
    await record(store, { tokens: [token('t', 'body')] })
    const result = await record(store, {
      events: [settled(bounce('a'))],
      marks: [suppressing(KIM, 'toy_a', { eventId: 'toy_a' }), suppressing(KIM, 'by-hand')],
      quarantined: [quarantined('a')],
      tokens: [token('other', 'body'), token('t', 'another body')],
    })
    expect(result).toEqual({ events: [], tokenReused: true })
    expect(await eventIds(store)).toEqual([])
    expect(await standing(store)).toEqual([])
    expect((await store.quarantined({})).items).toEqual([])
    expect((await store.audit({})).items).toEqual([])
  },

  async 'spends no token of a batch that it does not store'({ store }) {
    await record(store, { tokens: [token('b', 'body')] })
    const tokens = ['a', 'b', 'c'].map((id) => token(id, 'another body'))
    expect(await record(store, { tokens })).toMatchObject({ tokenReused: true })
    for (const id of ['a', 'c']) {
      const batch = { tokens: [token(id, 'a third body')] }
      expect(await record(store, batch), id).toMatchObject({ tokenReused: false })
    }
  },

  async 'leaves the claims of a batch that it does not store to others'({ store }) {
    const events = [{ event: bounce('a'), key: KIM, settled: false }]
    await record(store, { events, leaseUntil: NOW, tokens: [token('t', 'body')] })
    await record(store, { events, tokens: [token('t', 'another body')] })
    expect(states(await record(store, { events }))).toEqual(['again 2'])
  },

  async 'refuses a token in company without harm to the others'({ store }) {
    const results = await Promise.all(
      range(30).map((index) =>
        record(store, {
          events: [settled(bounce(`e${index}`))],
          marks: [suppressing(`${index}@example.com`, `toy_e${index}`, { eventId: `toy_e${index}` })],
          tokens: [index % 10 === 5 ? token('shared', `body ${index}`) : token(`t${index}`, 'body')],
        }),
      ),
    )
    const refused = results.flatMap((result, index) => (result.tokenReused ? [index] : []))
    expect(refused).toHaveLength(2)
    for (const index of refused) expect(index % 10).toBe(5)
    const kept = range(30).filter((index) => !refused.includes(index))
    expect([...(await eventIds(store))].sort()).toEqual(kept.map((index) => `e${index}`).sort())
    for (const index of range(30)) {
      const stands = refused.includes(index) ? [] : ['bounce']
      expect(await standing(store, `${index}@example.com`)).toEqual(stands)
    }
  },

  async 'gives a token to one of fifty bodies'({ store }) {
    const bodies = range(50).map((index) => `body ${index}`)
    const results = await Promise.all(
      bodies.map((body, index) =>
        record(store, { events: [settled(bounce(`e${index}`))], tokens: [token('t', body)] }),
      ),
    )
    const winners = bodies.filter((_, index) => results[index]?.tokenReused === false)
    expect(winners).toHaveLength(1)
    expect(await eventIds(store)).toHaveLength(1)
    expect(await record(store, { tokens: [token('t', winners[0] ?? '')] })).toMatchObject({
      tokenReused: false,
    })
  },

  async 'tells tokens and bodies apart by every character'({ store }) {
    for (const id of ['t', 'T', 't ', 'tt', 'é', 'e\u0301']) {
      expect(await record(store, { tokens: [token(id, `body of ${id}`)] }), id).toMatchObject({
        tokenReused: false,
      })
    }
    for (const binding of ['BODY OF t', 'body of t ', 'body of T']) {
      expect(await record(store, { tokens: [token('t', binding)] }), binding).toMatchObject({
        tokenReused: true,
      })
    }
  },

  async 'remembers a token for the longest time that was asked for'({ store }) {
    await record(store, { tokens: [token('t', 'body', NOW + 9 * MINUTE)] })
    await record(store, { tokens: [token('t', 'body', NOW + MINUTE)] })
    await record(store, { tokens: [token('u', 'body', NOW + MINUTE)] })
    await record(store, { tokens: [token('u', 'body', NOW + 9 * MINUTE)] })
    const nothing = {
      rawBefore: 0,
      eventsBefore: 0,
      quarantinedBefore: 0,
      addressesBefore: 0,
      auditBefore: 0,
    }
    await store.prune({ ...nothing, now: NOW + 5 * MINUTE, redact: (event) => event })
    for (const id of ['t', 'u']) {
      const batch = { tokens: [token(id, 'another body')] }
      expect(await record(store, batch), id).toMatchObject({ tokenReused: true })
    }
  },
})
