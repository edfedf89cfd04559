/** Hashes: what is kept, as text that is never empty. */
export type HashName = 'audit' | 'events' | 'standings' | 'marks' | 'suppressions' | 'quarantined' | 'tokens'

/** Sorted sets: in which order it is listed, and what is next. */
export type SetName =
  | 'audit-index'
  | 'event-index'
  | 'free'
  | 'held'
  | 'delayed'
  | 'suppression-index'
  | 'address-index'
  | 'quarantined-index'
  | 'token-index'

export type KeyName = 'commits' | HashName | SetName

/**
 * All our keys, whatever is stored: few and known, so that every script names those that it touches. The first counts
 * commits; in names that are written to the two after it `#` stands for that count.
 */
export const KEYS: readonly KeyName[] = [
  'commits',
  'audit',
  'audit-index',
  'events',
  'standings',
  'event-index',
  'free',
  'held',
  'delayed',
  'marks',
  'suppressions',
  'suppression-index',
  'address-index',
  'quarantined',
  'quarantined-index',
  'tokens',
  'token-index',
]

/**
 * A member of a sorted set that is ordered by its members: the parts of its position, most significant first. Where one
 * set serves several listings the first part is the facet, by which it is told in which of them the member stands.
 */
export const memberOf = (...parts: readonly string[]): string => parts.join(SEPARATOR)

/** The parts of a member; the last one takes all that is left. */
export function partsOf(member: string, count: number): readonly string[] {
  const all = member.split(SEPARATOR)
  return [...all.slice(0, count - 1), all.slice(count - 1).join(SEPARATOR)]
}

/** The bounds of a facet, as Redis writes them. */
export const boundsOf = (facet: string): Bounds => ({
  min: `[${facet}${SEPARATOR}`,
  max: `(${facet}${AFTER_SEPARATOR}`,
})

/** The first and the last member of a range. */
export interface Bounds {
  readonly min: string
  readonly max: string
}

/** The bounds of a set without facets. */
export const ALL: Bounds = { min: '-', max: '+' }

/** The bound that leaves out a member, and all on its other side. */
export const beyond = (...parts: readonly string[]): string => `(${memberOf(...parts)}`

/** A time as it sorts by bytes. */
export const sortable = (time: number): string => String(Math.max(0, Math.trunc(time))).padStart(16, '0')

const SEPARATOR = '\0'
const AFTER_SEPARATOR = '\u0001'
