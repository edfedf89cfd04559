import type { PageQuery } from '@bouncy/core'
import type { Store } from '@bouncy/core/store'
import { expect } from 'vitest'
import { casesOf, type StoreCase } from './case.ts'
import { bounce, keep, NOW, range } from './data.ts'

const LIMITS = [0, -1, 1.5, 1001, Number.NaN, Number.POSITIVE_INFINITY, '5' as never]
const CURSORS = [
  '',
  'nonsense',
  '%%%',
  'bm9uc2Vuc2U=',
  btoa('[]'),
  btoa('[1,2]'),
  btoa('["1","2","3"]'),
  btoa('{"a":1}'),
]

const listings = (store: Store): Readonly<Record<string, (query: PageQuery) => Promise<unknown>>> => ({
  events: (query) => store.events(query),
  suppressions: (query) => store.suppressions({ ...query, now: NOW }),
  quarantined: (query) => store.quarantined(query),
  audit: (query) => store.audit(query),
})

/** What a listing refuses. */
export const queryCases: readonly StoreCase[] = casesOf('queries', {
  async 'refuses a limit that is not a whole number from 1 to 1,000'({ store }) {
    for (const [name, list] of Object.entries(listings(store))) {
      for (const limit of LIMITS) {
        await expect(list({ limit }), `${name}, ${limit}`).rejects.toThrow(TypeError)
      }
      await expect(list({ limit: 1 })).resolves.toEqual({ items: [] })
      await expect(list({ limit: 1000 })).resolves.toEqual({ items: [] })
    }
  },

  async 'refuses a cursor that it did not give out'({ store }) {
    for (const [name, list] of Object.entries(listings(store))) {
      for (const cursor of CURSORS) {
        await expect(list({ cursor }), `${name}, ${cursor}`).rejects.toThrow(TypeError)
      }
    }
  },

  async 'gives out no cursor for an empty listing'({ store }) {
    for (const list of Object.values(listings(store))) expect(await list({})).toEqual({ items: [] })
  },

  async 'says that there is more while there is'({ store }) {
    await keep(store, ...range(3).map((index) => bounce(`e${index}`)))
    const page = await store.events({ limit: 2 })
    expect(page.items).toHaveLength(2)
    expect(page.next).toBeTypeOf('string')
    const rest = await store.events({ limit: 2, cursor: page.next ?? '' })
    expect(rest.items).toHaveLength(1)
    expect(rest.next).toBeUndefined()
  },
})
