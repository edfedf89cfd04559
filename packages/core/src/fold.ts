import type { AuditEntry, Scope, Suppression } from './suppression.ts'

/**
 * One thing that is known of an address, plain JSON. What follows from a set of marks does not depend on the order in
 * which they arrived: times are the provider's, and ties are broken by id.
 */
export type Mark = SuppressMark | StrikeMark | ResetMark | LiftMark

interface Evidence {
  /** Milliseconds since the epoch, at the provider. */
  readonly at: number
  /** The event's id, or one of the command's own. */
  readonly id: string
  readonly reason: Suppression['reason']
  readonly scope?: Scope
  /** Provider and stream it comes from; none for an operator's command. */
  readonly source?: string
  readonly provider?: string
  readonly note?: string
}

/**
 * Reason enough alone. Without `source` it is an operator's; a `fresh` one holds against every lift so far. An
 * `imported` one is not taken where it is known already, or has ended since.
 */
export interface SuppressMark extends Evidence {
  readonly kind: 'suppress'
  readonly expiresAt?: number
  readonly actor?: string
  readonly fresh?: true
  readonly imported?: true
}

/** Counts: `limit` of one `ledger` within `windowMs` suppress, for `suppressForMs` after the last of them. */
export interface StrikeMark extends Evidence {
  readonly kind: 'strike'
  readonly ledger: string
  readonly limit: number
  readonly windowMs: number
  /** None: for good. */
  readonly suppressForMs?: number
}

/** Strikes of the ledger up to this time no longer count. */
export interface ResetMark {
  readonly kind: 'reset'
  readonly at: number
  readonly ledger: string
}

/**
 * Older evidence no longer holds: that of one source, or (an operator's command) all of it, or of one scope. A `fresh`
 * one also ends what is known now and dated later.
 */
export interface LiftMark {
  readonly kind: 'lift'
  readonly at: number
  readonly source?: string
  readonly scope?: Scope
  readonly actor?: string
  readonly note?: string
  readonly fresh?: true
}

/** A mark, and the event it comes from; none for an operator's command. */
export interface Added {
  readonly mark: Mark
  readonly eventId?: string
}

/** What is known of an address, and what follows from it. */
export interface Folded {
  /** To be stored in place of what was there. */
  readonly marks: readonly Mark[]
  /** To be stored in place of the address's suppressions, expired ones included. */
  readonly suppressions: readonly Omit<Suppression, 'address'>[]
  /** What the added marks changed of the suppressions, in their order; to be kept for good. */
  readonly changes: readonly Omit<AuditEntry, 'address' | 'at'>[]
}

/** Evidence of one kind that is kept; what is older has long made its point, unless it lasts longer. */
const MOST_KEPT = 64

/**
 * Adds marks to what is known of an address. Commutative, associative and idempotent over events (`changes` aside, which
 * tell how it went), so that stores may apply them in any order and as often as they come.
 */
export function foldMarks(known: readonly Mark[], added: readonly Added[]): Folded {
  let marks = known
  let suppressions = derive(marks)
  const changes: Folded['changes'][number][] = []
  for (const { mark, eventId } of added) {
    marks = compact(take(marks, mark))
    const before = suppressions
    suppressions = derive(marks)
    changes.push(...changesBetween(before, suppressions, causeOf(mark, eventId)))
  }
  return { marks, suppressions, changes }
}

type Cause = Pick<AuditEntry, 'eventId' | 'actor' | 'note'>

function causeOf(mark: Mark, eventId: string | undefined): Cause {
  const { actor, note }: Pick<LiftMark, 'actor' | 'note'> = 'at' in mark && mark.kind !== 'reset' ? mark : {}
  return {
    ...(eventId === undefined ? {} : { eventId }),
    ...(actor === undefined ? {} : { actor }),
    ...(note === undefined ? {} : { note }),
  }
}

function changesBetween(
  before: Folded['suppressions'],
  after: Folded['suppressions'],
  cause: Cause,
): Folded['changes'] {
  const entry = (change: AuditEntry['change'], one: Folded['suppressions'][number]) => ({
    change,
    reason: one.reason,
    ...(one.scope === undefined ? {} : { scope: one.scope }),
    ...(one.expiresAt === undefined || change === 'lifted' ? {} : { expiresAt: one.expiresAt }),
    ...cause,
  })
  // the usual case: nothing was known of the address
  if (before.length === 0) return after.map((one) => entry('suppressed', one))
  const place = (one: Folded['suppressions'][number]): string => keyOf(one.reason, one.scope)
  const old = new Map(before.map((one) => [place(one), one]))
  const now = new Set(after.map(place))
  return [
    ...before.filter((one) => !now.has(place(one))).map((one) => entry('lifted', one)),
    ...after.flatMap((one) => {
      const previous = old.get(place(one))
      if (previous === undefined) return [entry('suppressed', one)]
      return previous.expiresAt === one.expiresAt ? [] : [entry('changed', one)]
    }),
  ]
}

/**
 * The time after which nothing follows from these marks any more: that of the youngest, the end of the window in which a
 * strike counts, or the end of the longest suppression, whether one mark makes it or several strikes do; `Infinity`
 * where one is for good. Milliseconds since the epoch.
 */
export function spentAt(marks: readonly Mark[]): number {
  return Math.max(0, ...marks.map(counts), ...holding(marks).map(lasts))
}

const counts = (mark: Mark): number => (mark.kind === 'strike' ? mark.at + mark.windowMs : mark.at)

/** Takes one mark in. An operator's command holds against all that is known now, whatever a provider's clock says. */
function take(known: readonly Mark[], mark: Mark): readonly Mark[] {
  if (mark.kind === 'lift' && mark.fresh) {
    const { fresh: _, ...lift } = mark
    const endless = { ...lift, at: Number.POSITIVE_INFINITY }
    return [...known.filter((other) => !isEvidence(other) || !covers(endless, other)), lift]
  }
  if (mark.kind === 'suppress' && mark.fresh) {
    const { fresh: _, ...suppress } = mark
    const lifts = known.filter((other) => other.kind === 'lift')
    return [...known, { ...suppress, at: Math.max(mark.at, ...lifts.map((lift) => lift.at)) }]
  }
  if (mark.kind === 'suppress' && mark.imported) {
    const { imported: _, ...suppress } = mark
    return known.some((other) => outdates(other, suppress)) ? known : [...known, suppress]
  }
  return [...known, mark]
}

/** Whether what an import brings is known already, or was ended since. Of its source a file tells the provider only. */
function outdates(known: Mark, mark: SuppressMark): boolean {
  const byEvent = mark.source !== undefined
  if (isEvidence(known)) return byEvent && known.id === mark.id
  if (known.at < mark.at) return false
  // a delivery ends the pause that soft bounces made
  if (known.kind === 'reset') return byEvent && mark.reason === 'bounce' && mark.expiresAt !== undefined
  const bySource = [undefined, mark.source].includes(known.source)
  const byProvider = byEvent && mark.scope === undefined && providerOf(known.source) === mark.provider
  return (bySource || byProvider) && (known.scope === undefined || isSame(known.scope, mark.scope))
}

const providerOf = (source: string | undefined): unknown =>
  source === undefined ? undefined : (JSON.parse(source) as readonly unknown[])[0]

function compact(marks: readonly Mark[]): readonly Mark[] {
  // the usual case: of most addresses one thing is known
  if (marks.length < 2) return marks
  const lifts = newestOf(
    marks.filter((mark) => mark.kind === 'lift'),
    (mark) => keyOf(mark.source, mark.scope),
  )
  const resets = newestOf(
    marks.filter((mark) => mark.kind === 'reset'),
    (mark) => mark.ledger,
  )
  const held = marks.filter(isEvidence).filter((mark) => !lifts.some((lift) => covers(lift, mark)))
  const suppresses = group(
    held.filter((mark) => mark.kind === 'suppress'),
    (mark) => keyOf(mark.reason, mark.scope, mark.source),
  ).flatMap((same) => newestAndLongest(unique(same)))
  const strikes = group(
    held.filter((mark) => mark.kind === 'strike'),
    (mark) => keyOf(mark.ledger, mark.scope),
  ).flatMap((same) => recent(unique(same), resets.find((reset) => reset.ledger === same[0]?.ledger)?.at))
  return [...suppresses, ...strikes, ...resets, ...lifts]
}

/** Of older ones all that last longer than whatever came after them: a lift may end the one and leave the next. */
function newestAndLongest(suppresses: readonly SuppressMark[]): readonly SuppressMark[] {
  if (suppresses.length <= MOST_KEPT) return suppresses
  let longest = Number.NEGATIVE_INFINITY
  return suppresses
    .toReversed()
    .filter((mark, index) => {
      const isLonger = lasts(mark) > longest
      if (isLonger) longest = lasts(mark)
      return isLonger || index < MOST_KEPT
    })
    .toReversed()
}

function recent(strikes: readonly StrikeMark[], resetAt = Number.NEGATIVE_INFINITY): readonly StrikeMark[] {
  const newest = strikes.at(-1)
  if (newest === undefined) return []
  const horizon = newest.at - newest.windowMs - (newest.suppressForMs ?? Number.POSITIVE_INFINITY)
  return strikes
    .filter((strike) => strike.at > resetAt && strike.at >= horizon)
    .slice(-Math.max(MOST_KEPT, newest.limit))
}

function derive(marks: readonly Mark[]): Folded['suppressions'] {
  return holding(marks).map(toSuppression)
}

/** The evidence of each suppression that follows, expired ones included. */
function holding(marks: readonly Mark[]): readonly SuppressMark[] {
  const [only] = marks
  // the usual case: of most addresses one thing is known
  if (marks.length === 1 && only?.kind === 'suppress') return [only]
  if (!marks.some(isEvidence)) return []
  const strikes = group(
    marks.filter((mark) => mark.kind === 'strike'),
    (mark) => keyOf(mark.ledger, mark.scope),
  ).flatMap(struckOut)
  const suppresses = marks.filter((mark) => mark.kind === 'suppress')
  return group([...suppresses, ...strikes], (mark) => keyOf(mark.reason, mark.scope)).map((same) =>
    same.reduce((one, other) => (lasts(other) > lasts(one) ? other : one)),
  )
}

/** The newest run of strikes that is long and dense enough, as the suppression that follows from it. */
function struckOut(strikes: readonly StrikeMark[]): readonly SuppressMark[] {
  const rule = strikes.at(-1)
  if (rule === undefined) return []
  for (let last = strikes.length - 1; last >= rule.limit - 1; last -= 1) {
    const strike = strikes[last]
    const first = strikes[last - rule.limit + 1]
    if (strike === undefined || first === undefined || strike.at - first.at > rule.windowMs) continue
    const { ledger: _ledger, limit: _limit, windowMs: _window, suppressForMs, ...evidence } = strike
    const pause = suppressForMs === undefined ? {} : { expiresAt: strike.at + suppressForMs }
    return [{ ...evidence, ...pause, kind: 'suppress' }]
  }
  return []
}

function toSuppression(mark: SuppressMark): Omit<Suppression, 'address'> {
  return {
    reason: mark.reason,
    since: new Date(mark.at).toISOString(),
    ...(mark.expiresAt === undefined ? {} : { expiresAt: new Date(mark.expiresAt).toISOString() }),
    ...(mark.scope === undefined ? {} : { scope: mark.scope }),
    ...(mark.provider === undefined ? {} : { provider: mark.provider }),
    ...(mark.source === undefined ? {} : { eventId: mark.id }),
    ...(mark.note === undefined ? {} : { note: mark.note }),
  }
}

function covers(lift: LiftMark, mark: SuppressMark | StrikeMark): boolean {
  return (
    mark.at < lift.at &&
    (lift.source === undefined || lift.source === mark.source) &&
    (lift.scope === undefined || isSame(lift.scope, mark.scope))
  )
}

/** Whether two scopes are one; what has none is global, and so is a scope with nothing in it. */
const isSame = (one: Scope, other: Scope = {}): boolean => keyOf(one) === keyOf(other)

const isEvidence = (mark: Mark): mark is SuppressMark | StrikeMark =>
  mark.kind === 'suppress' || mark.kind === 'strike'

const lasts = (mark: SuppressMark): number => mark.expiresAt ?? Number.POSITIVE_INFINITY

/** One string for a combination of words and scopes; length-free because JSON quotes. */
function keyOf(...parts: readonly (string | Scope | undefined)[]): string {
  return JSON.stringify(parts.map((part) => (typeof part === 'object' ? [part.stream, part.tenant] : part)))
}

function group<T>(items: readonly T[], key: (item: T) => string): readonly (readonly T[])[] {
  // the usual case: of most addresses one thing is known
  if (items.length < 2) return items.length === 0 ? [] : [items]
  return [...Map.groupBy(items, key).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, same]) => same)
}

function newestOf<T extends { readonly at: number }>(
  items: readonly T[],
  key: (item: T) => string,
): readonly T[] {
  return group(items, key).map((same) => same.reduce((one, other) => (other.at > one.at ? other : one)))
}

/** In order of time, each id once. */
function unique<T extends Evidence>(marks: readonly T[]): readonly T[] {
  const sorted = [...marks].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  return sorted.filter((mark, index) => mark.id !== sorted[index - 1]?.id)
}
