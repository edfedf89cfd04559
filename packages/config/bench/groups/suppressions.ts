import { isDeepStrictEqual } from 'node:util'
import type { Bouncy } from '@bouncy/core'
import type { Group, Terms } from '../group.ts'
import { type Listed, openListed } from '../listed.ts'
import { timeInTurn } from '../measure.ts'
import type { Row } from '../report.ts'
import { inTurn } from '../request.ts'
import { rowOf } from '../rows.ts'

/** Whom of a list of recipients may be mailed. */
export const suppressions: Group = {
  name: 'suppressions',
  about: 'a check of recipients against a long list',
  async measure(terms) {
    const length = terms.short ? 100_000 : 1_000_000
    const rows: Row[] = []
    for (const kind of terms.short ? (['sqlite'] as const) : (['sqlite', 'postgres'] as const)) {
      terms.progress(`${kind}: filling a list of ${length.toLocaleString('en')}`)
      const listed = await openListed(kind, length, terms.built)
      const { bouncy, byHand, close } = listed
      try {
        for (const count of [1, 50, 50_000]) {
          terms.progress(`${kind}: ${count.toLocaleString('en')} addresses`)
          rows.push(
            await compare(
              `${kind}, ${count.toLocaleString('en')} addresses`,
              bouncy,
              byHand,
              count,
              length,
              terms,
            ),
          )
        }
        terms.progress(`${kind}: with the filter`)
        rows.push(await filter(kind, listed, length, terms))
      } finally {
        await close()
      }
    }
    return rows
  },
}

/** Fifty addresses, none of which is on the list: with one that is, the database is asked about that one. */
async function filter(
  kind: string,
  { openFiltered, byHand }: Listed,
  length: number,
  { rounds, forMs }: Terms,
): Promise<Row> {
  const lists = Array.from({ length: 200 }, (_, list) =>
    Array.from(
      { length: 50 },
      (_, index) => `reader-${(list * 7_919 + index * 104_729) % length}@Example.com`,
    ),
  )
  const { filterRecipients } = await openFiltered(`listed-${length - 1}@example.com`)
  const [ours, reference] = [inTurn(lists), inTurn(lists)]
  const times = await timeInTurn(
    { ours: () => filterRecipients(ours()), reference: () => byHand(reference()) },
    { rounds, clock: 'wall', forMs },
  )
  const row = rowOf(`${kind}, 50 addresses, with the filter`, times.ours, times.reference)
  return { ...row, ratio: row.ours / FILTERED_US, bar: { atMost: 1 }, note: `to ${FILTERED_US} µs` }
}

/** What a check of fifty addresses in memory may take, in microseconds. */
const FILTERED_US = 50

/** Every tenth of the addresses is on the list, and no two checks are of the same ones. */
async function compare(
  name: string,
  bouncy: Bouncy,
  byHand: ByHand,
  count: number,
  length: number,
  { rounds, forMs }: Terms,
): Promise<Row> {
  const lists = Array.from({ length: count > 1_000 ? 4 : 200 }, (_, list) =>
    Array.from({ length: count }, (_, index) => {
      const at = (list * 7_919 + index * 104_729) % length
      return index % 10 === 0 ? `Listed-${at}@example.com` : `reader-${at}@Example.com`
    }),
  )
  const { deliverable, suppressed } = await bouncy.filterRecipients(lists[0] ?? [])
  if (!isDeepStrictEqual({ deliverable, suppressed }, await byHand(lists[0] ?? [])))
    throw new Error('they do not find the same suppressions')
  const [ours, reference] = [inTurn(lists), inTurn(lists)]
  const times = await timeInTurn(
    { ours: () => bouncy.filterRecipients(ours()), reference: () => byHand(reference()) },
    { rounds, clock: 'wall', forMs },
  )
  return rowOf(name, times.ours, times.reference, { atMost: 1.2 })
}

type ByHand = (addresses: readonly string[]) => unknown
