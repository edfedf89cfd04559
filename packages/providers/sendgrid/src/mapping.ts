import type { Bounce, BounceReason } from '@bouncy/core'
import { type Report, reasonOf, type Verdict, verdictOf } from '@bouncy/core/provider'

type Words<Meaning> = ReadonlyMap<string | undefined, Meaning>

/**
 * Bounces by `type`, whatever the status says. One without a type is hard, as the vendor defines the event.
 * Source: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event#bounce-and-blocked-events
 */
export const BOUNCE_TYPES: Words<Bounce['bounceType']> = new Map([
  [undefined, 'hard'],
  ['bounce', 'hard'],
  ['blocked', 'soft'],
])

/**
 * Classifications that say whose fault it was. The others (none, `Technical Failure`, `Unclassified`) do not.
 * Source: https://www.twilio.com/docs/sendgrid/ui/analytics-and-reporting/bounce-and-block-classifications
 */
const OF_SENDER: Words<BounceReason> = new Map([
  ['Content', 'content-rejected'],
  ['Reputation', 'policy'],
  ['Frequency or Volume Too High', 'rate-limited'],
  ['Frequency/Volume Too High', 'rate-limited'],
])
const OF_RECIPIENT: Words<BounceReason> = new Map([
  ['Invalid Address', 'mailbox-not-found'],
  ['Mailbox Unavailable', 'mailbox-inactive'],
])

/**
 * Why a message was refused or is late. Whose fault that is says the classification; where it does not, a hard bounce is
 * the recipient's, because what SendGrid takes for the sender's it reports as blocked, and of the others what the server
 * said decides. Of the recipient's faults the server knows more.
 */
export function judge(hard: boolean, classification: string | undefined, said: Report): Verdict {
  const senders = OF_SENDER.get(classification)
  if (senders !== undefined) return verdictOf(senders)
  const recipients = OF_RECIPIENT.get(classification)
  const verdict = verdictOf(reasonOf(said))
  if (recipients === undefined && !hard) return verdict
  const exact = verdict.countsAgainstRecipient && verdict.reason !== 'unknown'
  return exact ? verdict : verdictOf(recipients ?? 'unknown')
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
