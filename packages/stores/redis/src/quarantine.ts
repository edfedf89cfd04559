import {
  decodeCursor,
  type Page,
  type PageQuery,
  pageLimit,
  type Quarantined,
  toPage,
} from '@bouncy/core/store'
import { collect } from './collect.ts'
import type { Database } from './database.ts'
import type { Draft } from './draft.ts'
import { ALL, beyond, memberOf, partsOf } from './keys.ts'

/** Keeps a payload, once; its `text` is the item as JSON. */
export function keepQuarantined(
  draft: Draft,
  { id, receivedAt, text }: Pick<Quarantined, 'id' | 'receivedAt'> & { readonly text: string },
): void {
  if (draft.get('quarantined', id) !== undefined) return
  draft.set('quarantined', id, text)
  draft.place('quarantined-index', memberOf(receivedAt, id))
}

/** @returns whether it was there */
export function dropQuarantined(draft: Draft, id: string): boolean {
  const text = draft.get('quarantined', id)
  if (text === undefined) return false
  const { receivedAt } = JSON.parse(text) as Quarantined
  draft.set('quarantined', id, undefined)
  draft.displace('quarantined-index', memberOf(receivedAt, id))
  return true
}

/** The id in a member of the index. */
export const quarantinedId = (member: string): string => partsOf(member, 2)[1] ?? ''

/** What was not understood, newest receipt first. */
export async function listQuarantined(db: Database, query: PageQuery): Promise<Page<Quarantined>> {
  const limit = pageLimit(query)
  const after = decodeCursor(query.cursor, 2)
  const rows = await collect({
    wanted: limit + 1,
    from: after === undefined ? ALL.max : beyond(...after),
    next: (max, count) => db.range('quarantined-index', { min: ALL.min, max, limit: count, reverse: true }),
    async load(members) {
      const items = await db.read('quarantined', members.map(quarantinedId))
      return items.flatMap((text) => (text === undefined ? [] : [JSON.parse(text) as Quarantined]))
    },
  })
  return toPage(
    rows,
    limit,
    (item) => item,
    (item) => [item.receivedAt, item.id],
  )
}
