import {
  decodeCursor,
  type Page,
  pageLimit,
  type Suppression,
  type SuppressionQuery,
  toPage,
} from '@bouncy/core/store'
import { rankOf } from './addresses.ts'
import { collect } from './collect.ts'
import type { Database } from './database.ts'
import { beyond, boundsOf, memberOf, partsOf } from './keys.ts'

/** All suppressions of these addresses, expired ones included. */
export async function findSuppressions(
  db: Database,
  keys: readonly string[],
): Promise<readonly Suppression[]> {
  const found = await db.read('suppressions', [...new Set(keys)])
  return found.flatMap((text) => (text === undefined ? [] : (JSON.parse(text) as readonly Suppression[])))
}

/** Those not expired at `now`, ordered by address, reason and scope. */
export async function listSuppressions(
  db: Database,
  { now, reason, prefix = '', ...query }: SuppressionQuery & { readonly now: number },
): Promise<Page<Suppression>> {
  const limit = pageLimit(query)
  const after = decodeCursor(query.cursor, 2)
  const facet = reason ?? 'all'
  const start = memberOf(facet, prefix)
  const rows = await collect({
    wanted: limit + 1,
    from: after === undefined ? `[${start}` : beyond(facet, ...after),
    async next(min, count) {
      const members = await db.range('suppression-index', { ...boundsOf(facet), min, limit: count })
      const end = members.findIndex((member) => !member.startsWith(start))
      return end < 0 ? members : members.slice(0, end)
    },
    async load(members) {
      const places = members.map((member) => partsOf(member, 3).slice(1))
      const found = await findSuppressions(
        db,
        places.map(([address = '']) => address),
      )
      const byPlace = new Map(found.map((one) => [memberOf(one.address, rankOf(one)), one]))
      return places
        .flatMap((place) => byPlace.get(memberOf(...place)) ?? [])
        .filter((one) => one.expiresAt === undefined || Date.parse(one.expiresAt) > now)
    },
  })
  return toPage(
    rows,
    limit,
    (one) => one,
    (one) => [one.address, rankOf(one)],
  )
}
