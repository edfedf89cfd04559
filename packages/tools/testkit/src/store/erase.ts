import type { MailEvent, Store } from '@bouncy/core'
import type { Erasure } from '@bouncy/core/store'
import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import {
  bounce,
  claimed,
  eventIds,
  iso,
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
  unsettled,
  walk,
} from './data.ts'

const KIM = 'kim.lee@example.com'
const ANN = 'ann@example.org'
const TOMBSTONE = 'erased:2026:4f3a'

/** An event without what may name somebody. */
function redacted({ messageId: _, ...event }: MailEvent): MailEvent {
  return { ...event, diagnostic: 'redacted', raw: null } as MailEvent
}

/** What the caller asks for when it wants an address forgotten. */
const erasure = (key = KIM, overrides: Partial<Erasure> = {}): Erasure => ({
  key,
  spellings: [key],
  tombstone: TOMBSTONE,
  anonymise: (event) => ({ ...redacted(event), recipient: TOMBSTONE }),
  redact: redacted,
  ...overrides,
})

/** All that a store tells, in lower case. */
async function everything(store: Store): Promise<string> {
  const all = [
    await walk((cursor) => store.events({ limit: 1000, ...cursor })),
    await walk((cursor) => store.suppressions({ now: 0, limit: 1000, ...cursor })),
    await walk((cursor) => store.quarantined({ limit: 1000, ...cursor })),
    await walk((cursor) => store.audit({ limit: 1000, ...cursor })),
  ]
  return JSON.stringify(all).toLowerCase()
}

/** An event of Ann's that may name Kim. */
const anns = (id: string, overrides: object) => settled(bounce(id, { recipient: ANN, ...overrides }), ANN)

/** An address is forgotten, and stays suppressed. */
export const eraseCases: readonly StoreCase[] = casesOf('erase', {
  async 'replaces the events of the address'({ store }) {
    await record(store, {
      events: [
        settled(bounce('a', { recipient: 'Kim.Lee@EXAMPLE.com', messageId: `<1.${KIM}>` }), KIM),
        anns('b', { diagnostic: 'of nobody else' }),
      ],
    })
    await store.erase(erasure())
    expect(await eventIds(store, { key: KIM })).toEqual([])
    expect((await store.events({ key: TOMBSTONE })).items).toEqual([
      { ...redacted(bounce('a')), recipient: TOMBSTONE },
    ])
    expect(await eventIds(store, { messageId: `<1.${KIM}>` })).toEqual([])
    expect((await store.events({ key: ANN })).items).toEqual([
      bounce('b', { recipient: ANN, diagnostic: 'of nobody else' }),
    ])
    expect(await everything(store)).not.toContain('kim.lee')
  },

  async 'still knows the events of the address'({ store }) {
    const events = ['done', 'open', 'free'].map((id) => unsettled(bounce(id), KIM))
    await record(store, { events })
    await store.settle([
      { id: 'toy_done', outcome: 'settled' },
      { id: 'toy_free', outcome: 'failed' },
    ])
    await store.erase(erasure())
    expect(await claimed(store, later(0))).toEqual(['free'])
    expect(states(await record(store, { events }))).toEqual(['settled 0', 'busy 0', 'busy 0'])
    const given = (await store.claim(later(2))).map(({ event, attempt }) => `${event.recipient} ${attempt}`)
    expect(given.sort()).toEqual([`${TOMBSTONE} 2`, `${TOMBSTONE} 3`])
    expect(await everything(store)).not.toContain('kim.lee')
  },

  async 'redacts what names the address in the events of others, however it is spelt'({ store }) {
    const spelt = [KIM, 'KIM.LEE@example.com', 'x <Kim.Lee@Example.COM> y', `{"to":"${KIM}"}`]
    await record(store, {
      events: [
        ...spelt.map((text, index) => anns(`raw${index}`, { raw: { nested: [{ text }] } })),
        anns('diagnostic', { diagnostic: `550 <${KIM}> unknown`, raw: null }),
        anns('message', { messageId: `7.${KIM}`, raw: null }),
        anns('key', { raw: { [KIM]: 1 } }),
        { event: bounce('nobody', { recipient: 'undisclosed', raw: { to: KIM } }), settled: true },
        ...['kimxlee@example.com', 'kim.lee@example.org', 'im.lee@example.com'].map((text, index) =>
          anns(`other${index}`, { raw: { text } }),
        ),
      ],
    })
    await store.erase(erasure())
    const { items } = await store.events({ limit: 1000 })
    const untouched = items.filter(({ raw }) => raw !== null).map(({ id }) => id.slice(4))
    expect(untouched).toEqual(['other2', 'other1', 'other0'])
    expect(items).toHaveLength(11)
    expect(await eventIds(store, { key: ANN })).toHaveLength(10)
    expect(await eventIds(store, { messageId: `7.${KIM}` })).toEqual([])
    expect(await everything(store)).not.toContain(KIM)
  },

  async 'takes a spelling for what it is, not for a pattern'({ store }) {
    const odd = [
      'a_b@example.com',
      'a%b@example.com',
      '"a\\\\b"@example.com',
      '"a b"@example.com',
      'é!b@example.com',
    ]
    await record(store, {
      events: [...odd, 'axb@example.com', 'a b@example.com', 'a\\b@example.com', 'e!b@example.com'].map(
        (text, index) => anns(`e${index}`, { raw: { text } }),
      ),
      quarantined: ['a_b@example.com', 'axb@example.com'].map((text) => quarantined(text, { raw: { text } })),
    })
    for (const [index, spelling] of odd.entries()) {
      const tombstone = `${TOMBSTONE}${index}`
      await store.erase(erasure(spelling, { tombstone }))
      const { items } = await store.events({})
      const gone = items.filter(({ raw }) => raw === null).map(({ id }) => id.slice(4))
      expect(gone, spelling).toEqual(range(index + 1).map((one) => `e${index - one}`))
    }
    expect((await store.quarantined({})).items.map(({ id }) => id)).toEqual(['toy_axb@example.com'])
  },

  async 'looks for every spelling, of every script'({ store }) {
    const spellings = ['müller@xn--bcher-kva.example', 'müller@bücher.example']
    await record(store, {
      events: ['MÜLLER@xn--bcher-kva.example', 'müller@BÜCHER.example', 'mueller@bücher.example'].map(
        (text, index) => anns(`e${index}`, { raw: { text } }),
      ),
    })
    await store.erase(erasure(spellings[0], { spellings }))
    expect((await store.events({})).items.map(({ raw }) => raw)).toEqual([
      { text: 'mueller@bücher.example' },
      null,
      null,
    ])
  },

  async 'looks for letters that are ASCII only in lower case'({ store }) {
    await record(store, {
      events: ['\u212aIM.LEE@example.com', 'K\u0130M.Lee@example.com', 'kim.le@example.com'].map(
        (text, index) => anns(`e${index}`, { raw: { text } }),
      ),
    })
    await store.erase(erasure(KIM, { spellings: [KIM, KIM.replace('i', 'i\u0307')] }))
    expect((await store.events({})).items.map(({ raw }) => raw)).toEqual([
      { text: 'kim.le@example.com' },
      null,
      null,
    ])
  },

  async 'deletes what was not understood and names the address'({ store }) {
    await record(store, {
      quarantined: [
        quarantined('a', { raw: { to: 'Kim.Lee@Example.com' } }),
        quarantined('b', { raw: `a text for ${KIM}` }),
        quarantined('c', { raw: { to: ANN } }),
      ],
    })
    await store.erase(erasure())
    expect((await store.quarantined({})).items).toEqual([quarantined('c', { raw: { to: ANN } })])
  },

  async 'keeps it suppressed under the tombstone, without notes'({ store }) {
    const note = `asked by ${KIM}`
    await record(store, {
      marks: [
        suppressing(KIM, 'toy_a', { reason: 'complaint', note, scope: { stream: 'news' } }),
        suppressing(KIM, 'toy_b', { expiresAt: NOW + MINUTE }),
        suppressing(ANN, 'toy_c', { note: 'her own' }),
      ],
    })
    await store.erase(erasure())
    expect(await store.findSuppressions([KIM])).toEqual([])
    const kept = await store.findSuppressions([TOMBSTONE])
    expect([...kept].sort((a, b) => (a.reason < b.reason ? -1 : 1))).toEqual([
      {
        address: TOMBSTONE,
        reason: 'bounce',
        since: iso(NOW),
        expiresAt: iso(NOW + MINUTE),
        provider: 'toy',
        eventId: 'toy_b',
      },
      {
        address: TOMBSTONE,
        reason: 'complaint',
        since: iso(NOW),
        scope: { stream: 'news' },
        provider: 'toy',
        eventId: 'toy_a',
      },
    ])
    const listed = (await store.suppressions({ now: NOW })).items.map(({ address }) => address)
    expect(listed).toEqual([ANN, TOMBSTONE, TOMBSTONE])
    expect((await store.suppressions({ now: NOW, prefix: 'kim' })).items).toEqual([])
    expect(await store.findSuppressions([ANN])).toMatchObject([{ note: 'her own' }])
    expect(await everything(store)).not.toContain('kim.lee')
  },

  async 'keeps the trail of changes under the tombstone, without notes'({ store }) {
    const { mark } = suppressing(KIM, 'by-hand', { reason: 'manual', actor: 'max', note: `for ${KIM}` })
    await record(store, { marks: [{ key: KIM, mark }, suppressing(ANN, 'toy_c', { note: 'her own' })] })
    await store.erase(erasure())
    expect((await store.audit({ address: KIM })).items).toEqual([])
    expect((await store.audit({ address: TOMBSTONE })).items).toEqual([
      { at: iso(NOW), address: TOMBSTONE, change: 'suppressed', reason: 'manual', actor: 'max' },
    ])
    expect((await store.audit({ address: ANN })).items).toMatchObject([{ note: 'her own' }])
    expect((await store.audit({})).items).toHaveLength(2)
  },

  async 'takes the address from what is said of others, and from who said it'({ store }) {
    const hers = (id: string, reason: 'complaint' | 'manual' | 'unsubscribe', said: object) =>
      suppressing(ANN, id, { reason, ...said })
    await record(store, {
      marks: [
        suppressing(KIM, 'toy_a', { actor: KIM }),
        hers('a', 'manual', { note: `with ${KIM}`, actor: 'max' }),
        hers('b', 'complaint', { note: 'her own', actor: 'Kim <Kim.Lee@Example.com>' }),
        hers('c', 'unsubscribe', { note: 'also hers', actor: 'ann' }),
      ],
    })
    await store.erase(erasure())
    const said = (await store.audit({})).items.map(({ reason, actor, note }) => `${reason} ${actor} ${note}`)
    expect(said.sort()).toEqual([
      `bounce ${TOMBSTONE} undefined`,
      `complaint ${TOMBSTONE} her own`,
      'manual max undefined',
      'unsubscribe ann also hers',
    ])
    const notes = (await store.findSuppressions([ANN])).map(({ reason, note }) => `${reason} ${note}`)
    expect(notes.sort()).toEqual(['complaint her own', 'manual undefined', 'unsubscribe also hers'])
    expect(await everything(store)).not.toContain('kim.lee')
  },

  async 'adds to what the tombstone knows already'({ store }) {
    await record(store, { marks: [suppressing(KIM, 'toy_a', { reason: 'complaint' })] })
    await store.erase(erasure())
    await record(store, {
      marks: [suppressing(KIM, 'toy_b'), strike(KIM, 's1', NOW), strike(KIM, 's2', NOW + 1)],
    })
    await store.erase(erasure())
    expect(await standing(store, TOMBSTONE)).toEqual(['bounce', 'complaint'])
    await record(store, {
      marks: [{ key: TOMBSTONE, mark: { kind: 'lift', at: NOW + 1, source: '["toy",null]' } }],
    })
    expect(await standing(store, TOMBSTONE)).toEqual([])
    await record(store, { marks: [strike(KIM, 's3', NOW + 2), strike(KIM, 's4', NOW + 3)] })
    expect(await standing(store, KIM)).toEqual([])
    await store.erase(erasure())
    expect(await standing(store, TOMBSTONE)).toEqual(['bounce'])
    expect(await standing(store, KIM)).toEqual([])
  },

  async 'has nothing against an address that it does not know, or forgot before'({ store }) {
    await store.erase(erasure())
    await record(store, { events: [settled(bounce('a'), KIM)], marks: [suppressing(KIM, 'toy_a')] })
    for (const _ of range(3)) await store.erase(erasure())
    expect(await standing(store, TOMBSTONE)).toEqual(['bounce'])
    expect(await eventIds(store, { key: TOMBSTONE })).toEqual(['a'])
    expect((await store.audit({ address: TOMBSTONE })).items).toHaveLength(1)
  },

  async 'leaves what can be pruned like everything else'({ store }) {
    await record(store, { events: [settled(bounce('a'), KIM)], marks: [suppressing(KIM, 'toy_a')] })
    await store.erase(erasure())
    const report = await store.prune({
      now: NOW,
      rawBefore: 0,
      eventsBefore: NOW + 1,
      quarantinedBefore: 0,
      addressesBefore: 0,
      auditBefore: 0,
      redact: redacted,
    })
    expect(report.events).toBe(1)
    expect(await eventIds(store, { key: TOMBSTONE })).toEqual([])
    expect(await standing(store, TOMBSTONE)).toEqual(['bounce'])
  },

  async 'forgets much, while others go on recording'({ store }) {
    await record(store, {
      events: range(600).map((index) =>
        index % 2 === 0 ? settled(bounce(padded(index)), KIM) : anns(padded(index), { raw: { to: KIM } }),
      ),
      quarantined: range(300).map((index) => quarantined(padded(index), { raw: { to: KIM } })),
      marks: range(60).map((index) => suppressing(KIM, `toy_${index}`, { scope: { stream: padded(index) } })),
    })
    const [, ...recorded] = await Promise.all([
      store.erase(erasure()),
      ...range(20).map((index) =>
        record(store, {
          events: [anns(`new${index}`, {})],
          marks: [suppressing(ANN, `toy_new${index}`, { scope: { stream: padded(index) } })],
        }),
      ),
    ])
    for (const result of recorded) expect(states(result)).toEqual(['new 0'])
    expect(await everything(store)).not.toContain('kim.lee')
    expect(await eventIds(store, { key: TOMBSTONE })).toHaveLength(300)
    expect(await eventIds(store, { key: ANN })).toHaveLength(320)
    expect(await standing(store, TOMBSTONE)).toHaveLength(60)
    expect(await standing(store, ANN)).toHaveLength(20)
  },
})
