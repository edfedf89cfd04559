import {
  type Added,
  type AuditEntry,
  type Erasure,
  foldMarks,
  type Mark,
  type Suppression,
  spentAt,
  withoutName,
  withoutNote,
} from '@bouncy/core/store'
import { appendAudit } from './audit.ts'
import type { Draft, Fields } from './draft.ts'
import { memberOf } from './keys.ts'

/** What has to be loaded before what is known of addresses can be changed. */
export const wantedOf = (keys: readonly string[]): Fields => ({ marks: keys, suppressions: keys })

/** Adds marks to what is known of an address, and tells the trail what that changes. */
export function foldInto(draft: Draft, key: string, added: readonly Added[], now: number): void {
  const changes = fold(draft, key, added)
  const at = new Date(now).toISOString()
  for (const change of changes) appendAudit(draft, { at, address: key, ...change })
}

/** What is known of an address becomes known of its tombstone, without the words of people. */
export function moveMarks(draft: Draft, erasure: Erasure): void {
  const marks = marksOf(draft, erasure.key)
  if (marks.length > 0) {
    fold(
      draft,
      erasure.tombstone,
      marks.map((mark) => ({ mark: withoutNote(mark, erasure) })),
    )
  }
  forget(draft, erasure.key)
}

/** Takes another address from the words of people. */
export function dropName(draft: Draft, key: string, erasure: Erasure): void {
  const marks = marksOf(draft, key).map((mark) => withoutName(mark, erasure))
  if (marks.length === 0) return
  draft.set('marks', key, JSON.stringify(marks))
  putSuppressions(
    draft,
    key,
    foldMarks(marks, []).suppressions.map((one) => ({ address: key, ...one })),
  )
}

/** Forgets an address if nothing follows from its marks any more. @returns whether it did */
export function forgetIfSpent(draft: Draft, key: string, before: number): boolean {
  const known = draft.get('marks', key) !== undefined
  const spent = spentAt(marksOf(draft, key)) < before
  if (spent) forget(draft, key)
  return known && spent
}

/** Where a suppression stands in the listings: by address, then reason, then scope. */
export const rankOf = (one: Pick<Suppression, 'reason' | 'scope'>): string =>
  JSON.stringify([one.reason, one.scope?.stream, one.scope?.tenant])

function fold(
  draft: Draft,
  key: string,
  added: readonly Added[],
): readonly Omit<AuditEntry, 'address' | 'at'>[] {
  const known = marksOf(draft, key)
  const { marks, suppressions, changes } = foldMarks(known, added)
  const text = JSON.stringify(marks)
  if (text !== JSON.stringify(known)) {
    draft.set('marks', key, text)
    putSuppressions(
      draft,
      key,
      suppressions.map((one) => ({ address: key, ...one })),
    )
    // where a suppression is for good there will never be anything to forget
    const end = spentAt(marks)
    if (end < Number.POSITIVE_INFINITY) draft.place('address-index', key, end)
    else draft.displace('address-index', key)
  }
  return changes
}

function forget(draft: Draft, key: string): void {
  draft.set('marks', key, undefined)
  draft.displace('address-index', key)
  putSuppressions(draft, key, [])
}

function putSuppressions(draft: Draft, key: string, after: readonly Suppression[]): void {
  const text = draft.get('suppressions', key) ?? '[]'
  if (text === JSON.stringify(after)) return
  const before = JSON.parse(text) as readonly Suppression[]
  for (const member of before.flatMap(membersOf)) draft.displace('suppression-index', member)
  for (const member of after.flatMap(membersOf)) draft.place('suppression-index', member)
  draft.set('suppressions', key, after.length === 0 ? undefined : JSON.stringify(after))
}

/** One among all, one among those of its reason. */
const membersOf = (one: Suppression): readonly string[] =>
  ['all', one.reason].map((facet) => memberOf(facet, one.address, rankOf(one)))

const marksOf = (draft: Draft, key: string): readonly Mark[] =>
  JSON.parse(draft.get('marks', key) ?? '[]') as readonly Mark[]
