import type { Bounce, MailEvent } from './events.ts'
import type { Decision, Policy, PolicyContext } from './policy.ts'

/** Turns one policy into another that differs in one respect; parts are applied with `composePolicy`. */
export type PolicyPart = (policy: Policy) => Policy

const DAY = 86_400_000

/**
 * A policy with parts added to it; the first part stands nearest to `policy`, the last has the last word.
 *
 * @example
 * composePolicy(suppressionPolicy(), pauseInsteadOfSuppress(), graduatedComplaints())
 */
export function composePolicy(policy: Policy, ...parts: readonly PolicyPart[]): Policy {
  return parts.reduce((inner, part) => part(inner), policy)
}

/** Durations in milliseconds. */
export interface PauseOptions {
  /** @default 30 days */
  readonly hardMs?: number
  /** @default 1 day */
  readonly softMs?: number
}

/**
 * Each bounce pauses its address for a while, a soft one at once, and none suppresses it for good. For relays and
 * account systems, where a mailbox that comes back must get its mail again without anybody's help.
 *
 * @throws TypeError a duration that is not positive
 */
export function pauseInsteadOfSuppress({ hardMs = 30 * DAY, softMs = DAY }: PauseOptions = {}): PolicyPart {
  positive('hardMs', hardMs)
  positive('softMs', softMs)
  return forBounces((bounce, context, policy) =>
    bounce.countsAgainstRecipient
      ? [{ effect: 'suppress', reason: 'bounce', forMs: bounce.bounceType === 'hard' ? hardMs : softMs }]
      : policy.decide(bounce, context),
  )
}

/**
 * A bounce whose reason is spam pauses its address, marked with a note, instead of going without consequences. For
 * senders whose users write the mail: what is called spam is to be looked at before more of it goes to the same reader.
 *
 * @throws TypeError a duration that is not positive
 */
export function flagSpamDiagnostics({ pauseMs = DAY }: { readonly pauseMs?: number } = {}): PolicyPart {
  positive('pauseMs', pauseMs)
  return forBounces((bounce, context, policy) =>
    bounce.reason === 'spam'
      ? [{ effect: 'suppress', reason: 'bounce', forMs: pauseMs, note: 'the diagnostic says spam' }]
      : policy.decide(bounce, context),
  )
}

/** Durations in milliseconds. */
export interface GraduatedOptions {
  /** The complaint that suppresses for good. @default 2 */
  readonly limit?: number
  /** How long the complaints before it pause. @default 90 days */
  readonly pauseMs?: number
  /** The time within which complaints add up. @default 365 days */
  readonly windowMs?: number
}

/**
 * The first complaint pauses, a further one within the window suppresses for good. For mail that readers asked for and
 * cannot do without (receipts, relayed private mail), where one slip on the spam button should not cut them off.
 *
 * @throws TypeError a number that is not positive
 */
export function graduatedComplaints(options: GraduatedOptions = {}): PolicyPart {
  const { limit = 2, pauseMs = 90 * DAY, windowMs = 365 * DAY } = options
  for (const [key, value] of Object.entries({ limit, pauseMs, windowMs })) positive(key, value)
  if (!Number.isInteger(limit)) throw new TypeError('[bouncy/core] limit: give a whole number')
  const pause: Decision = { effect: 'suppress', reason: 'complaint', forMs: pauseMs }
  const strike: Decision = { effect: 'strike', ledger: 'complaint', reason: 'complaint', limit, windowMs }
  return (policy) => ({
    decide: (event, context) => {
      const decided = policy.decide(event, context)
      const suppresses = event.type === 'complaint' && decided.some((one) => one.effect === 'suppress')
      return suppresses ? [pause, strike] : decided
    },
  })
}

type DecideBounce = (bounce: Bounce, context: PolicyContext, policy: Policy) => readonly Decision[]

function forBounces(decide: DecideBounce): PolicyPart {
  return (policy) => ({
    decide: (event: MailEvent, context) =>
      event.type === 'bounce' ? decide(event, context, policy) : policy.decide(event, context),
  })
}

function positive(key: string, value: number): void {
  if (!(value > 0)) throw new TypeError(`[bouncy/core] ${key}: give a number greater than 0`)
}
