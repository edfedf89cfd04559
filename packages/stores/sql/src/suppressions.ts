import {
  decodeCursor,
  type Folded,
  type Page,
  pageLimit,
  type Suppression,
  type SuppressionQuery,
  toPage,
} from '@bouncy/core/store'
import type { CompiledQuery } from 'kysely'
import type { Access } from './access.ts'
import type { Dialect } from './dialect.ts'
import { indexable } from './indexable.ts'
import { addRows } from './insert.ts'
import { beyond } from './keyset.ts'
import type { Found, ShortWay } from './short-way.ts'
import { MOST_VALUES, slices } from './slices.ts'
import type { Database, SuppressionRow, Trx } from './tables.ts'

/**
 * Finds all suppressions of addresses, expired ones included. A query is put together once for each number of addresses,
 * of which there are few: that costs more than the looking up.
 */
export function suppressionFinder(
  access: Access,
  dialect: Dialect,
  shortWay?: ShortWay,
): (addresses: readonly string[]) => Promise<readonly Suppression[]> {
  const queries = new Map<number, CompiledQuery<Found>>()

  function queryOf(db: Database, addresses: readonly string[]): CompiledQuery<Found> {
    const known = queries.get(addresses.length)
    if (known !== undefined) return { ...known, parameters: addresses }
    const query = db
      .selectFrom('bouncy_suppressions')
      .select('data')
      .where('address', 'in', addresses)
      .compile()
    if (dialect.keepsStatements || addresses.length === 1) queries.set(addresses.length, query)
    return query
  }

  async function askKysely(addresses: readonly string[]): Promise<readonly Found[]> {
    const found: Found[] = []
    for (const some of slices([...new Set(addresses)], dialect)) {
      const { rows } = await access.read((db) => db.executeQuery(queryOf(db, some)))
      found.push(...rows)
    }
    return found
  }

  return async (addresses) => {
    const found: Suppression[] = []
    for (const some of parts(addresses, shortWay?.most)) {
      const short = shortWay?.find(some, access)
      const rows = (short instanceof Promise ? await short : short) ?? (await askKysely(some))
      for (const row of rows) found.push(JSON.parse(row.data) as Suppression)
    }
    return found
  }
}

/** For one statement each, which finds a row once however often its address is asked for. */
function parts(addresses: readonly string[], most: number = MOST_VALUES): readonly (readonly string[])[] {
  if (addresses.length <= most) return addresses.length === 0 ? [] : [addresses]
  const once = [...new Set(addresses)]
  const count = Math.ceil(once.length / most)
  return Array.from({ length: count }, (_, part) => once.slice(part * most, (part + 1) * most))
}

/** Those not expired at `now`, ordered by address, reason and scope. */
export async function listSuppressions(
  db: Database,
  query: SuppressionQuery & { readonly now: number },
): Promise<Page<Suppression>> {
  const limit = pageLimit(query)
  const after = decodeCursor(query.cursor, 2)
  const { reason, prefix = '', now } = query
  const end = afterPrefix(prefix)
  const rows = await db
    .selectFrom('bouncy_suppressions')
    .select(['address', 'place', 'data'])
    .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', Math.floor(now))]))
    .$if(reason !== undefined, (some) => some.where('reason', '=', reason as string))
    .$if(prefix !== '', (some) => some.where('address', '>=', prefix))
    .$if(end !== undefined, (some) => some.where('address', '<', end as string))
    .$if(after !== undefined, (some) => some.where(beyond('asc', ['address', 'place'], after ?? [])))
    .orderBy('address')
    .orderBy('place')
    .limit(limit + 1)
    .execute()
  return toPage(
    rows,
    limit,
    (row) => JSON.parse(row.data) as Suppression,
    (row) => [row.address, row.place],
  )
}

/** Writes the suppressions of addresses in place of those that were there. */
export async function replaceSuppressions(trx: Trx, dialect: Dialect, byAddress: ByAddress): Promise<void> {
  await dropSuppressions(trx, dialect, [...byAddress.keys()])
  await addSuppressions(trx, dialect, byAddress)
}

/** Takes away all suppressions of addresses. */
export async function dropSuppressions(
  trx: Trx,
  dialect: Dialect,
  suppressed: readonly string[],
): Promise<void> {
  for (const addresses of slices(suppressed, dialect)) {
    await trx.deleteFrom('bouncy_suppressions').where('address', 'in', addresses).execute()
  }
}

/** Writes the suppressions of addresses that have none. */
export async function addSuppressions(trx: Trx, dialect: Dialect, byAddress: ByAddress): Promise<void> {
  const rows = [...byAddress].flatMap(([address, suppressions]) =>
    suppressions.map((suppression) => toRow({ address, ...suppression })),
  )
  await addRows(trx, dialect, 'bouncy_suppressions', rows)
}

type ByAddress = ReadonlyMap<string, Folded['suppressions']>

function toRow(suppression: Suppression): SuppressionRow {
  const { address, reason, scope, expiresAt } = suppression
  return {
    address,
    place: indexable(
      scope === undefined ? reason : `${reason} ${JSON.stringify([scope.stream, scope.tenant])}`,
    ),
    reason,
    expires_at: expiresAt === undefined ? null : Date.parse(expiresAt),
    data: JSON.stringify(suppression),
  }
}

/** The first text, by code point, after all that begin with `prefix`; none where nothing can come after them. */
function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0)
  while (points.at(-1) === 0x10ffff) points.pop()
  const last = points.pop()
  if (last === undefined) return undefined
  // the code points between are surrogates, which stand for no character
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
}
