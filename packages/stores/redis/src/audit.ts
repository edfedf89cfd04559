import {
  type AuditEntry,
  type AuditQuery,
  decodeCursor,
  type Page,
  pageLimit,
  toPage,
} from '@bouncy/core/store'
import { collect } from './collect.ts'
import type { Database } from './database.ts'
import { digest } from './digest.ts'
import type { Draft } from './draft.ts'
import { beyond, boundsOf, memberOf, partsOf } from './keys.ts'

/** Adds to the trail of changes. */
export function appendAudit(draft: Draft, entry: AuditEntry): void {
  const place = `${entry.at} ${draft.serial()}`
  draft.set('audit', place, JSON.stringify(entry))
  for (const facet of facetsOf(entry.address)) draft.place('audit-index', memberOf(facet, place))
}

/** Puts an entry in the place of another one, or removes it. */
export function replaceAudit(draft: Draft, place: string, after: AuditEntry | undefined): void {
  const text = draft.get('audit', place)
  const before = text === undefined ? [] : facetsOf((JSON.parse(text) as AuditEntry).address)
  for (const facet of before) draft.displace('audit-index', memberOf(facet, place))
  for (const facet of after === undefined ? [] : facetsOf(after.address)) {
    draft.place('audit-index', memberOf(facet, place))
  }
  draft.set('audit', place, after === undefined ? undefined : JSON.stringify(after))
}

/** Newest first, of one address or all. */
export async function listAudit(db: Database, query: AuditQuery): Promise<Page<AuditEntry>> {
  const limit = pageLimit(query)
  const after = decodeCursor(query.cursor, 1)
  const facet = query.address === undefined ? EVERYBODY : facetOf(query.address)
  const bounds = boundsOf(facet)
  const rows = await collect({
    wanted: limit + 1,
    from: after === undefined ? bounds.max : beyond(facet, ...after),
    next: (max, count) => db.range('audit-index', { ...bounds, max, limit: count, reverse: true }),
    async load(members) {
      const places = members.map(auditPlace)
      const entries = await db.read('audit', places)
      return entries.flatMap((text, index) =>
        text === undefined ? [] : [{ place: places[index] ?? '', entry: JSON.parse(text) as AuditEntry }],
      )
    },
  })
  return toPage(
    rows,
    limit,
    (row) => row.entry,
    (row) => [row.place],
  )
}

/** The place in a member of the index. */
export const auditPlace = (member: string): string => partsOf(member, 2)[1] ?? ''

/** The part of the trail's index that holds all entries. */
export const EVERYBODY = 'all'

/** The part of the trail's index that holds the entries of one address. */
export const facetOf = (address: string): string => `address ${digest(address)}`

const facetsOf = (address: string): readonly string[] => [EVERYBODY, facetOf(address)]
