import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import { idsOf, iso, NOW, padded, quarantined, range, record, walk } from './data.ts'

/** What is kept because it was genuine and not understood. */
export const quarantineCases: readonly StoreCase[] = casesOf('quarantine', {
  async 'keeps a payload once, as it came first'({ store }) {
    await record(store, { quarantined: [quarantined('a')] })
    await record(store, {
      quarantined: [quarantined('a', { receivedAt: iso(NOW + 1), reason: 'later' }), quarantined('b')],
    })
    const { items } = await store.quarantined({})
    expect(items).toEqual([quarantined('b'), quarantined('a')])
  },

  async 'keeps a payload that stands twice in a batch once'({ store }) {
    await record(store, { quarantined: [quarantined('a'), quarantined('a', { reason: 'second' })] })
    expect((await store.quarantined({})).items).toEqual([quarantined('a')])
  },

  async 'gives payloads back as they came'({ store }) {
    const payloads = ['text', 7, null, true, [1, [2]], { deep: { text: 'é 💌 \u0000' } }]
    await record(store, {
      quarantined: payloads.map((raw, index) => quarantined(`p${index}`, { raw })),
    })
    const { items } = await store.quarantined({})
    expect(items.toReversed().map((item) => item.raw)).toEqual(payloads)
  },

  async 'lists newest receipt first, every one once, page by page'({ store }) {
    for (const index of range(21)) {
      await record(store, {
        quarantined: [
          quarantined(padded((index * 8) % 21), { receivedAt: iso(NOW + (((index * 8) % 21) >> 2)) }),
        ],
      })
    }
    const expected = range(21)
      .map(padded)
      .sort((a, b) => (Number(b) >> 2) - (Number(a) >> 2) || (a < b ? 1 : -1))
    for (const limit of [1, 4, 20, 21, 22]) {
      const walked = await walk((cursor) => store.quarantined({ limit, ...cursor }))
      expect(idsOf(walked), `pages of ${limit}`).toEqual(expected)
    }
  },

  async 'lists fifty unless told otherwise'({ store }) {
    await record(store, { quarantined: range(60).map((index) => quarantined(padded(index))) })
    expect((await store.quarantined({})).items).toHaveLength(50)
  },
})
