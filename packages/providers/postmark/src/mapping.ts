import type { Bounce, BounceReason, Complaint, Resubscribe, Unsubscribe } from '@bouncy/core'
import { type Report, reasonOf, verdictOf } from '@bouncy/core/provider'

/** The part of an event that follows from Postmark's words alone. */
export type Meaning =
  | Pick<Bounce, 'type' | 'bounceType' | 'reason' | 'countsAgainstRecipient'>
  | { readonly type: 'deferral' | 'reject'; readonly reason: BounceReason }
  | { readonly type: 'failure' | 'autoreply' }
  | Pick<Complaint, 'type' | 'feedbackType' | 'certain'>
  | Pick<Unsubscribe | Resubscribe, 'type' | 'origin'>

/** Who complained is known, not only suspected. */
export const COMPLAINT = { type: 'complaint', feedbackType: 'abuse', certain: true } as const

/**
 * Bounces by `Type`; `TypeCode` is not looked at. Where the vendor leaves room, this is the reading:
 * - Transient, DnsError: deferral, not soft bounce. Postmark is still trying.
 * - BadEmailAddress: hard bounce, not reject. Trying again cannot help.
 * - SpamNotification: bounce that does not count, not complaint. A filter judged the message, no reader did.
 * - AutoResponder, AddressChange, ChallengeVerification: auto-reply, not soft bounce. The message arrived.
 * - DMARCPolicy: reject. The sender's own domain forbids the message, whoever the recipient is.
 * - SMTPApiError: reject. Mail that was handed over for an address on Postmark's list.
 *
 * Source: https://postmarkapp.com/developer/api/bounce-api#bounce-types
 */
export const BOUNCE_TYPES: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['HardBounce', bounce('hard', 'mailbox-not-found')],
  ['BadEmailAddress', bounce('hard', 'mailbox-not-found')],
  ['SoftBounce', bounce('soft', 'unknown')],
  ['Transient', { type: 'deferral', reason: 'unknown' }],
  ['DnsError', { type: 'deferral', reason: 'domain-not-found' }],
  ['SpamComplaint', COMPLAINT],
  ['AutoResponder', { type: 'autoreply' }],
  ['AddressChange', { type: 'autoreply' }],
  ['ChallengeVerification', { type: 'autoreply' }],
  ['Blocked', bounce('soft', 'policy', false)],
  ['SpamNotification', bounce('soft', 'spam', false)],
  ['VirusNotification', bounce('soft', 'content-rejected', false)],
  ['DMARCPolicy', { type: 'reject', reason: 'authentication' }],
  ['TemplateRenderingFailed', { type: 'failure' }],
  ['ManuallyDeactivated', { type: 'reject', reason: 'suppressed' }],
  ['Unconfirmed', { type: 'reject', reason: 'policy' }],
  ['SMTPApiError', { type: 'reject', reason: 'suppressed' }],
  ['Unsubscribe', { type: 'unsubscribe', origin: 'recipient' }],
  ['Subscribe', { type: 'resubscribe', origin: 'recipient' }],
  ['Unknown', bounce('undetermined', 'unknown')],
  ['OpenRelayTest', bounce('undetermined', 'unknown', false)],
  ['InboundError', bounce('undetermined', 'unknown', false)],
])

/** A type of tomorrow: the latest two are the sender's faults, so it does not count. */
const NEW_TYPE = bounce('undetermined', 'unknown', false)

/**
 * What speaks of the mailbox is a hard bounce where it made Postmark give the address up (`Inactive`): all further mail
 * to it is refused. What speaks of the message, or of somebody's wish, stays what it is.
 */
const OF_MAILBOX = new Set(['SoftBounce', 'Transient', 'DnsError', 'Unknown'])

/** What a bounce means. */
export function meaningOfBounce(type: string, inactive = false): Meaning {
  const meaning = BOUNCE_TYPES.get(type)
  const ofMailbox = meaning === undefined || OF_MAILBOX.has(type)
  return inactive && ofMailbox ? bounce('hard', 'mailbox-inactive') : (meaning ?? NEW_TYPE)
}

/**
 * What a SubscriptionChange means. A hard bounce and a complaint also arrive as posts of their own, in any order; they
 * count here too, so that the list is complete where only these posts are switched on. Any other reason, and none, is
 * an unsubscribe from the stream.
 * Source: https://postmarkapp.com/developer/webhooks/subscription-change-webhook
 */
export function meaningOfChange(suppressed: boolean, reason?: string, by = ''): Meaning {
  const origin = ORIGINS.get(by)
  if (suppressed && reason === 'HardBounce') return bounce('hard', 'suppressed')
  if (suppressed && reason === 'SpamComplaint') return COMPLAINT
  return { type: suppressed ? 'unsubscribe' : 'resubscribe', ...(origin === undefined ? {} : { origin }) }
}

const ORIGINS: ReadonlyMap<string, NonNullable<Unsubscribe['origin']>> = new Map([
  ['Recipient', 'recipient'],
  ['Customer', 'sender'],
  ['Admin', 'provider'],
])

/**
 * What the server said more exactly than the type. A type that says nothing of why (SoftBounce, Transient, Unknown) leaves
 * it all to the server, also whose fault it was; where Postmark has given an address up, or found the sender at fault,
 * the server cannot say that it was somebody else's.
 */
export function refine<Said extends Meaning>(meaning: Said, report: Report): Said {
  if (meaning.type !== 'bounce' && meaning.type !== 'deferral') return meaning
  const { reason, countsAgainstRecipient } = verdictOf(reasonOf(report))
  const open = meaning.reason === 'unknown'
  if (reason === 'unknown' || !(open || countsAgainstRecipient)) return meaning
  const innocent = meaning.type === 'bounce' && !countsAgainstRecipient
  return { ...meaning, reason, ...(innocent ? { countsAgainstRecipient } : {}) }
}

function bounce(bounceType: Bounce['bounceType'], reason: BounceReason, counts = true): Meaning {
  return { type: 'bounce', bounceType, reason, countsAgainstRecipient: counts }
}
