import type { Bounce, BounceReason } from '@bouncy/core'

type Words<Meaning> = ReadonlyMap<string | undefined, Meaning>
type Verdict = Pick<Bounce, 'reason' | 'countsAgainstRecipient'>

/**
 * Bounces by `type`, whatever the status says. One without a type is hard, as the vendor defines the event.
 * Source: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event#bounce-and-blocked-events
 */
export const BOUNCE_TYPES: Words<Bounce['bounceType']> = new Map([
  [undefined, 'hard'],
  ['bounce', 'hard'],
  ['blocked', 'soft'],
])

/** What is the message's or the sender's fault, by classification or by the end of the status (RFC 3463). */
const OF_SENDER: Words<BounceReason> = new Map([
  ['Content', 'content-rejected'],
  ['Reputation', 'policy'],
  ['Frequency or Volume Too High', 'rate-limited'],
  ['Frequency/Volume Too High', 'rate-limited'],
  ['2.3', 'message-too-large'],
  ['3.4', 'message-too-large'],
  ['7.1', 'policy'],
  ['7.26', 'authentication'],
])

/** What speaks against the recipient, likewise. */
const OF_RECIPIENT: Words<BounceReason> = new Map([
  ['Invalid Address', 'mailbox-not-found'],
  ['Mailbox Unavailable', 'mailbox-inactive'],
  ['1.1', 'mailbox-not-found'],
  ['1.2', 'domain-not-found'],
  ['1.10', 'domain-not-found'],
  ['2.1', 'mailbox-inactive'],
  ['2.2', 'mailbox-full'],
  ['4.7', 'expired'],
])

/**
 * Why a message was refused or is late. Whose fault that is says the classification; where it does not (none, `Technical
 * Failure`, `Unclassified`), a hard bounce is the recipient's, because what SendGrid takes for the sender's it reports as
 * blocked, and of the others the status decides. Of the recipient's faults the status knows more.
 * Source: https://www.twilio.com/docs/sendgrid/ui/analytics-and-reporting/bounce-and-block-classifications
 *
 * @param code the end of an enhanced status code, '1.1'
 */
export function verdictOf(hard: boolean, classification?: string, code?: string): Verdict {
  const open = !hard && !OF_RECIPIENT.has(classification)
  const senders = OF_SENDER.get(classification) ?? (open ? OF_SENDER.get(code) : undefined)
  const reason = senders ?? OF_RECIPIENT.get(code) ?? OF_RECIPIENT.get(classification) ?? 'unknown'
  return { reason, countsAgainstRecipient: senders === undefined }
}

/**
 * Why SendGrid did not try, by how `reason` begins; the first echo its own lists.
 * Source: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event#dropped-events
 */
export const DROP_REASONS: readonly (readonly [RegExp, BounceReason])[] = [
  [/^(bounced|unsubscribed|spam reporting) address/i, 'suppressed'],
  [/^invalid smtpapi header/i, 'content-rejected'],
  [/^invalid/i, 'mailbox-not-found'],
  [/^spam content/i, 'spam'],
  [/^recipient list over package quota/i, 'rate-limited'],
]
