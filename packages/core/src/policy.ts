import type { MailEvent } from './events.ts'
import { given } from './given.ts'
import type { Scope, Suppression } from './suppression.ts'

/** What an event does to its recipient's standing. Times are relative to the event's own. */
export type Decision =
  | {
      readonly effect: 'suppress'
      readonly reason: Suppression['reason']
      readonly scope?: Scope
      readonly forMs?: number
      readonly note?: string
    }
  | {
      readonly effect: 'strike'
      readonly ledger: string
      readonly limit: number
      readonly windowMs: number
      /** @default for good */
      readonly suppressForMs?: number
      readonly reason: Suppression['reason']
      readonly scope?: Scope
    }
  /** Strikes of the ledger up to the event no longer count. */
  | { readonly effect: 'reset'; readonly ledger: string }
  /** Undoes what the same source (provider and stream) suppressed before. */
  | { readonly effect: 'lift' }

/** Decides what an event does; pure, so that every order of arrival ends in the same list. */
export interface Policy {
  decide(event: MailEvent, context: PolicyContext): readonly Decision[]
}

/** What a policy is told besides the event. */
export interface PolicyContext {
  /** Whose address it is, where `resolveRecipient` found somebody. */
  readonly recipient?: Recipient
}

/** One of your users, as `resolveRecipient` finds them. */
export interface Recipient {
  /** Your own id of the user. */
  readonly id?: string
  /** Whose customer they are; unsubscribes stay within the tenant. */
  readonly tenant?: string
}

/** The numbers of the default policy; durations in milliseconds. */
export interface SuppressionPolicyOptions {
  readonly hardBounce?: {
    /** Suppress for this long only, as a pause. @default for good, as `Infinity` is */
    readonly suppressForMs?: number
  }
  readonly complaint?: {
    /** Suppress for this long only. @default for good */
    readonly suppressForMs?: number
    /** Whether to suppress suspects (`certain: false`). @default false */
    readonly suspects?: boolean
  }
  readonly softBounce?: {
    /** This many with no delivery between them. @default 5 */
    readonly limit?: number
    /** Within this time. @default 30 days */
    readonly windowMs?: number
    /** Suppress for this long after the last of them. @default 30 days */
    readonly suppressForMs?: number
  }
}

const DAY = 86_400_000
const SOFT = 'soft-bounce'

/**
 * The default policy: hard bounces and complaints suppress everywhere and for good, unsubscribes in their stream, soft
 * bounces when they pile up. Faults of the message, echoes of a provider's list and `not-spam` reports never count.
 *
 * @throws TypeError a number that is not positive
 * @example
 * suppressionPolicy({ softBounce: { limit: 3, windowMs: 7 * 86_400_000 } })
 */
export function suppressionPolicy(options: SuppressionPolicyOptions = {}): Policy {
  for (const key of Object.keys(options)) {
    if (!['hardBounce', 'complaint', 'softBounce'].includes(key)) {
      throw new TypeError(`[bouncy/core] ${key}: there are hardBounce, complaint and softBounce`)
    }
  }
  const soft = { limit: 5, windowMs: 30 * DAY, suppressForMs: 30 * DAY, ...given({ ...options.softBounce }) }
  positive('softBounce.limit', soft.limit)
  positive('softBounce.windowMs', soft.windowMs)
  positive('softBounce.suppressForMs', soft.suppressForMs)
  positive('hardBounce.suppressForMs', options.hardBounce?.suppressForMs)
  positive('complaint.suppressForMs', options.complaint?.suppressForMs)
  if (!Number.isInteger(soft.limit))
    throw new TypeError('[bouncy/core] softBounce.limit: give a whole number')

  const hardBounce: Decision = {
    effect: 'suppress',
    reason: 'bounce',
    ...forMs(options.hardBounce?.suppressForMs),
  }
  const softBounce: Decision = { effect: 'strike', ledger: SOFT, reason: 'bounce', ...soft }
  const complaint: Decision = {
    effect: 'suppress',
    reason: 'complaint',
    ...forMs(options.complaint?.suppressForMs),
  }

  return {
    decide(event, { recipient }) {
      switch (event.type) {
        case 'bounce':
          if (!event.countsAgainstRecipient) return []
          return [event.bounceType === 'hard' ? hardBounce : softBounce]
        case 'complaint':
          if (event.feedbackType === 'not-spam') return []
          return event.certain || options.complaint?.suspects === true ? [complaint] : []
        case 'unsubscribe':
          return [{ effect: 'suppress', reason: 'unsubscribe', ...scopeOf(event, recipient) }]
        case 'resubscribe':
          return [{ effect: 'lift' }]
        case 'delivery':
          return [{ effect: 'reset', ledger: SOFT }]
        default:
          return []
      }
    },
  }
}

const forMs = (duration: number | undefined): { readonly forMs?: number } =>
  duration === undefined ? {} : { forMs: duration }

function scopeOf({ stream }: MailEvent, recipient: Recipient | undefined): { readonly scope?: Scope } {
  const tenant = recipient?.tenant
  if (stream === undefined && tenant === undefined) return {}
  return {
    scope: { ...(stream === undefined ? {} : { stream }), ...(tenant === undefined ? {} : { tenant }) },
  }
}

function positive(key: string, value: number | undefined): void {
  if (value !== undefined && !(value > 0))
    throw new TypeError(`[bouncy/core] ${key}: give a number greater than 0`)
}
