/** What a suppression, or a question about one, is limited to. Nothing set means: everything. */
export interface Scope {
  readonly stream?: string
  readonly tenant?: string
}

/** An address that must not be mailed. */
export interface Suppression {
  readonly address: string
  readonly reason: 'bounce' | 'complaint' | 'unsubscribe' | 'manual'
  /** The time of the evidence; ISO 8601, UTC, milliseconds. */
  readonly since: string
  /** A pause rather than an end; ISO 8601, UTC, milliseconds. */
  readonly expiresAt?: string
  /** Nothing: global. */
  readonly scope?: Scope
  readonly provider?: string
  readonly eventId?: string
  readonly note?: string
}

/**
 * A suppression by hand; `actor` says who asked for it. Without `since` it begins now and holds against every lift so
 * far. One with `since` was known elsewhere before (`provider` and `eventId` say from what): a lift that is not older
 * ends it, and what is known already is not added again.
 */
export type NewSuppression = Pick<Suppression, 'address' | 'reason'> &
  Partial<Omit<Suppression, 'address' | 'reason'>> & { readonly actor?: string }

/** A part of a listing; `next` is the following query's cursor. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
}

/** Which part of a listing. */
export interface PageQuery {
  readonly cursor?: string
  /** @default 50, at most 1,000 */
  readonly limit?: number
}

/** One change of the suppression list. */
export interface AuditEntry {
  /** When it was made here; ISO 8601, UTC, milliseconds. */
  readonly at: string
  readonly address: string
  /** `changed`: another expiry. */
  readonly change: 'suppressed' | 'changed' | 'lifted'
  readonly reason: Suppression['reason']
  readonly scope?: Scope
  readonly expiresAt?: string
  /** The event that made it; none for a command. */
  readonly eventId?: string
  /** Who made it by hand. */
  readonly actor?: string
  readonly note?: string
}

/** Which changes to list. */
export interface AuditQuery extends PageQuery {
  readonly address?: string
}

/** Which suppressions to list; those that have expired are never listed. */
export interface SuppressionQuery extends PageQuery {
  readonly reason?: Suppression['reason']
  /** The beginning of the address. */
  readonly prefix?: string
}

/**
 * Whether a suppression answers a question with this scope: it does unless both name the same part differently.
 * So a question without a scope is answered by every suppression, and a global suppression answers every question.
 */
export function scopeApplies(suppression: Scope | undefined, question: Scope | undefined): boolean {
  return !differs(suppression?.stream, question?.stream) && !differs(suppression?.tenant, question?.tenant)
}

function differs(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b
}
