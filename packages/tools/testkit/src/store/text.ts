import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import {
  bounce,
  eventIds,
  keep,
  NOW,
  quarantined,
  range,
  record,
  settled,
  standing,
  suppressing,
  walk,
} from './data.ts'

/** Texts that a driver, a collation or a serialiser likes to change. */
const TEXTS: Readonly<Record<string, string>> = {
  nothing: '',
  space: ' \t\n\r ',
  'space at the end': 'a ',
  quotes: `'"\`; drop table events; --`,
  backslashes: '\\ \\\\ \\u0000 \\x',
  placeholders: '? $1 :name @p {} %s',
  NUL: 'before\u0000after',
  controls: '\u0001\u0008\u000b\u001f\u007f\u0085\u2028\u2029\ufeff',
  emoji: '💌👩🏽‍🚀🇩🇪',
  'other scripts': 'Grüße привет 你好 שלום हिन्दी',
  composed: 'é',
  decomposed: 'e\u0301',
  'the last code points': '\ud7ff\ue000\uffff\u{10ffff}',
  'a lone surrogate': 'x\ud800y',
  long: 'long '.repeat(8_000),
}

/** Pairs of texts that are equal to a careless collation. */
const LOOKALIKES = ['a', 'A', 'a ', 'á', 'a\u0301', 'ａ', 'ss', 'ß', 'i', 'ı', 'İ']

/** Text and JSON come back as they went in, and are told apart to the code point. */
export const textCases: readonly StoreCase[] = casesOf('text', {
  async 'brings odd texts back unchanged'({ store }) {
    for (const [name, text] of Object.entries(TEXTS)) {
      const event = bounce(name, {
        recipient: text,
        diagnostic: text,
        tags: [text],
        metadata: { [text]: text },
        raw: { text, [text]: [text] },
      })
      await record(store, { events: [{ event, key: `${name}@example.com`, settled: true }] })
      const { items } = await store.events({ key: `${name}@example.com` })
      expect(items, name).toStrictEqual([event])
    }
  },

  async 'takes odd texts as the id of a message'({ store }) {
    for (const [name, messageId] of Object.entries(TEXTS)) {
      if (messageId.length > 1000) continue
      const event = bounce(name, { messageId })
      await record(store, { events: [{ event, key: `${name}@example.com`, settled: true }] })
      expect((await store.events({ key: `${name}@example.com` })).items, name).toStrictEqual([event])
    }
    for (const name of ['emoji', 'other scripts', 'quotes', 'composed', 'decomposed']) {
      expect(await eventIds(store, { messageId: TEXTS[name] ?? '' }), name).toEqual([name])
    }
  },

  async 'takes odd texts as scope and note'({ store }) {
    const texts = Object.entries(TEXTS)
    await record(store, {
      marks: texts.map(([name, text]) =>
        suppressing('kim@example.com', name, { scope: { stream: text }, note: text }),
      ),
    })
    const walked = await walk((cursor) => store.suppressions({ now: NOW, limit: 4, ...cursor }))
    expect(new Map(walked.map((one) => [one.eventId, [one.scope?.stream, one.note]]))).toEqual(
      new Map(texts.map(([name, text]) => [name, [text, text]])),
    )
  },

  async 'brings JSON back unchanged'({ store }) {
    const raw: unknown = JSON.parse(
      `{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toString":"x","length":-1,
        "numbers":[0,0.1,-1.5,1e300,5e-324,${Number.MAX_SAFE_INTEGER}],"empty":[{},[],""],"null":null,"yes":true,
        "10":"ten","9":"nine","":"no name","deep":${'['.repeat(60)}${']'.repeat(60)}}`,
    )
    await keep(store, bounce('a', { raw }))
    const found = (await store.events({})).items[0]?.raw as object
    expect(found).toEqual(raw)
    expect(Object.keys(found).sort()).toEqual(Object.keys(raw as object).sort())
    expect(Object.hasOwn(found, '__proto__')).toBe(true)
    expect(found).not.toHaveProperty('polluted')
  },

  async 'brings payloads that are no objects back unchanged'({ store }) {
    const payloads = ['text', 7, null, false, [], ['a', { b: 1 }], '{"not":"parsed"}']
    await keep(store, ...payloads.map((raw, index) => bounce(`p${index}`, { raw })))
    expect((await store.events({})).items.toReversed().map((event) => event.raw)).toEqual(payloads)
  },

  async 'tells events apart by every character of their ids'({ store }) {
    const events = LOOKALIKES.map((id) => bounce(id, { diagnostic: id }))
    await keep(store, ...events)
    expect((await store.events({})).items).toHaveLength(LOOKALIKES.length)
    await store.settle([{ id: 'toy_A', outcome: 'settled' }])
    const { items } = await store.events({})
    expect(new Map(items.map((event) => [event.id, event]))).toEqual(
      new Map(events.map((event) => [event.id, event])),
    )
  },

  async 'tells addresses, messages and payloads apart by every character'({ store }) {
    await record(store, {
      events: LOOKALIKES.map((text, index) => ({
        event: bounce(`e${index}`, { messageId: text }),
        key: `${text}@example.com`,
        settled: true,
      })),
      marks: LOOKALIKES.map((text, index) =>
        suppressing(`${text}@example.com`, `toy_${index}`, { scope: { stream: text } }),
      ),
      quarantined: LOOKALIKES.map((text) => quarantined(text, { reason: text })),
    })
    for (const [index, text] of LOOKALIKES.entries()) {
      expect(await eventIds(store, { messageId: text }), text).toEqual([`e${index}`])
      expect(await eventIds(store, { key: `${text}@example.com` }), text).toEqual([`e${index}`])
      expect(await standing(store, `${text}@example.com`)).toEqual([`bounce ${text}`])
    }
    const kept = (await store.quarantined({})).items
    expect(kept.map((item) => item.reason).sort()).toEqual([...LOOKALIKES].sort())
  },

  async 'tells long texts apart by their ends'({ store }) {
    const texts = ['a', 'b', 'bb'].map((end) => `${'long'.repeat(500)}${end}`)
    await record(store, {
      events: texts.map((messageId, index) => settled(bounce(`e${index}`, { messageId }))),
      marks: texts.map((stream) => suppressing('kim@example.com', stream, { scope: { stream } })),
    })
    for (const [index, messageId] of texts.entries()) {
      expect(await eventIds(store, { messageId })).toEqual([`e${index}`])
    }
    const walked = await walk((cursor) => store.suppressions({ now: NOW, limit: 1, ...cursor }))
    expect(walked.map((one) => one.scope?.stream).sort()).toEqual(texts)
  },

  async 'lists addresses of all scripts once, page by page'({ store }) {
    const keys = range(40).map(
      (index) => `${['a', 'z', 'é', 'ß', 'я', '你', '\ue000', '💌'][index % 8]}${index}@example.com`,
    )
    await record(store, { marks: keys.map((key) => suppressing(key, `toy_${key}`)) })
    const walked = await walk((cursor) => store.suppressions({ now: NOW, limit: 3, ...cursor }))
    expect(walked.map(({ address }) => address).sort()).toEqual([...keys].sort())
    for (const prefix of ['💌', 'é', 'я1', '\ue000']) {
      const found = await walk((cursor) => store.suppressions({ now: NOW, limit: 3, prefix, ...cursor }))
      expect(found.map(({ address }) => address).sort(), prefix).toEqual(
        keys.filter((key) => key.startsWith(prefix)).sort(),
      )
    }
  },
})
