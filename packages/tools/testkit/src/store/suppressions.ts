import type { Suppression } from '@bouncy/core'
import type { Store } from '@bouncy/core/store'
import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import { iso, listed, MINUTE, NOW, padded, range, record, suppressing, walk } from './data.ts'

/** Keys that a careless pattern mixes up, in the order in which they are listed. */
const KEYS = [
  '%off@example.com',
  'a%b@example.com',
  'a-b@example.com',
  'a.b@example.com',
  'a\\b@example.com',
  'a_b@example.com',
  'ab@example.com',
  'axb@example.com',
]

async function suppress(store: Store, keys: readonly string[]): Promise<void> {
  await record(store, { marks: keys.map((key) => suppressing(key, `toy_${key}`)) })
}

const addresses = (items: readonly Suppression[]): readonly string[] => items.map(({ address }) => address)

/** How suppressions are found and listed. */
export const suppressionCases: readonly StoreCase[] = casesOf('suppressions', {
  async 'finds those of the keys that are asked for, each once'({ store }) {
    await suppress(store, KEYS)
    await record(store, { marks: [suppressing('ab@example.com', 'toy_c', { reason: 'complaint' })] })
    expect(await store.findSuppressions([])).toEqual([])
    expect(await store.findSuppressions(['nobody@example.com'])).toEqual([])
    expect(addresses(await store.findSuppressions(['a_b@example.com']))).toEqual(['a_b@example.com'])
    const twice = ['ab@example.com', 'nobody@example.com', 'ab@example.com', 'axb@example.com']
    expect([...listed(await store.findSuppressions(twice))].sort()).toEqual([
      'ab@example.com bounce',
      'ab@example.com complaint',
      'axb@example.com bounce',
    ])
  },

  async 'finds those of fifty thousand keys'({ store }) {
    const keys = range(50_000).map((index) => `${padded(index)}@example.com`)
    const suppressed = keys.filter((_, index) => index % 97 === 0 || index > 49_990)
    await suppress(store, suppressed)
    expect([...addresses(await store.findSuppressions(keys))].sort()).toEqual(suppressed)
  },

  async 'finds expired ones, and lists only those that are not'({ store }) {
    await record(store, {
      marks: [
        suppressing('a@example.com', 'toy_a', { expiresAt: NOW + MINUTE }),
        suppressing('b@example.com', 'toy_b', { expiresAt: NOW + 2 * MINUTE }),
        suppressing('c@example.com', 'toy_c'),
      ],
    })
    const at = async (now: number): Promise<string> =>
      addresses((await store.suppressions({ now })).items)
        .map((address) => address[0])
        .join('')
    expect(await at(NOW)).toBe('abc')
    expect(await at(NOW + MINUTE - 1)).toBe('abc')
    expect(await at(NOW + MINUTE)).toBe('bc')
    expect(await at(NOW + 2 * MINUTE)).toBe('c')
    const [found] = await store.findSuppressions(['a@example.com'])
    expect(found).toMatchObject({ address: 'a@example.com', expiresAt: iso(NOW + MINUTE) })
  },

  async 'lists by address, then reason'({ store }) {
    await suppress(store, KEYS.toReversed())
    await record(store, {
      marks: (['unsubscribe', 'manual', 'complaint'] as const).map((reason) =>
        suppressing('a.b@example.com', `toy_${reason}`, { reason }),
      ),
    })
    expect(listed((await store.suppressions({ now: NOW })).items)).toEqual(
      KEYS.flatMap((key) =>
        (key === 'a.b@example.com' ? ['bounce', 'complaint', 'manual', 'unsubscribe'] : ['bounce']).map(
          (reason) => `${key} ${reason}`,
        ),
      ),
    )
  },

  async 'lists every one once, page by page'({ store }) {
    const keys = range(23).map((index) => `${padded(index)}@example.com`)
    await suppress(store, keys)
    const scopes = [{ stream: 'a' }, { stream: 'b' }, { tenant: 'a' }, { stream: 'a', tenant: 'a' }]
    await record(store, {
      marks: scopes.map((scope, index) =>
        suppressing('000007@example.com', `toy_scope${index}`, { scope, reason: 'unsubscribe' }),
      ),
    })
    const all = (await store.suppressions({ now: NOW, limit: 1000 })).items
    expect(all).toHaveLength(27)
    for (const limit of [1, 2, 5, 9, 26, 27, 28]) {
      const sizes: number[] = []
      const walked = await walk(async (cursor) => {
        const page = await store.suppressions({ now: NOW, limit, ...cursor })
        sizes.push(page.items.length)
        return page
      })
      expect(walked, `pages of ${limit}`).toEqual(all)
      expect(Math.max(...sizes)).toBe(Math.min(limit, 27))
    }
  },

  async 'goes on where it was, though the list changes in between'({ store }) {
    const keys = range(9).map((index) => `${padded(index)}@example.com`)
    await suppress(store, keys)
    const walked = await walk(
      (cursor) => store.suppressions({ now: NOW, limit: 3, ...cursor }),
      async (pages) => {
        if (pages > 1) return
        const lift = { kind: 'lift', at: NOW + 1, actor: 'support' } as const
        await record(store, {
          marks: ['000000@example.com', '000001@example.com'].map((key) => ({ key, mark: lift })),
        })
        await suppress(store, ['000003z@example.com'])
      },
    )
    expect(addresses(walked)).toEqual([...keys, '000003z@example.com'].sort())
  },

  async 'filters by reason, page by page'({ store }) {
    await record(store, {
      marks: range(20).map((index) =>
        suppressing(`${padded(index)}@example.com`, `toy_${index}`, {
          reason: index % 2 === 0 ? 'complaint' : 'bounce',
        }),
      ),
    })
    const walked = await walk((cursor) =>
      store.suppressions({ now: NOW, limit: 3, reason: 'complaint', ...cursor }),
    )
    expect(addresses(walked)).toEqual(range(10).map((index) => `${padded(index * 2)}@example.com`))
    expect((await store.suppressions({ now: NOW, reason: 'manual' })).items).toEqual([])
  },

  async 'filters by the beginning of the address, to the letter'({ store }) {
    await suppress(store, KEYS)
    for (const prefix of [
      '',
      'a',
      'ab',
      'a_',
      'a%',
      '%',
      '_',
      'a\\',
      'A',
      'ab@example.com',
      'ab@example.com.',
      'é',
      '*',
      "'",
    ]) {
      const walked = await walk((cursor) => store.suppressions({ now: NOW, limit: 2, prefix, ...cursor }))
      expect(addresses(walked), `prefix ${prefix}`).toEqual(KEYS.filter((key) => key.startsWith(prefix)))
    }
  },

  async 'filters by several things at once'({ store }) {
    await record(store, {
      marks: [
        suppressing('a1@example.com', 'toy_1', { reason: 'complaint' }),
        suppressing('a2@example.com', 'toy_2', { reason: 'complaint', expiresAt: NOW - 1 }),
        suppressing('a3@example.com', 'toy_3', { reason: 'bounce' }),
        suppressing('b1@example.com', 'toy_4', { reason: 'complaint' }),
      ],
    })
    const { items } = await store.suppressions({ now: NOW, prefix: 'a', reason: 'complaint' })
    expect(addresses(items)).toEqual(['a1@example.com'])
  },

  async 'lists fifty unless told otherwise'({ store }) {
    await suppress(
      store,
      range(60).map((index) => `${padded(index)}@example.com`),
    )
    expect((await store.suppressions({ now: NOW })).items).toHaveLength(50)
  },
})
