import type { Bounce, BounceReason } from '@bouncy/core'

type Words<Meaning> = ReadonlyMap<string | undefined, Meaning>

/**
 * Bounces by `bounce.type`; without one, as in posts of the first years, nothing is determined.
 * Source: https://resend.com/docs/dashboard/emails/email-bounces
 */
export const BOUNCE_TYPES: Words<Bounce['bounceType']> = new Map([
  ['Permanent', 'hard'],
  ['Transient', 'soft'],
  ['Temporary', 'soft'],
  ['Undetermined', 'undetermined'],
])

/**
 * Sub-types that speak against the recipient. `General` and `Undetermined` do not say why.
 * Source: the same page; Resend sends through Amazon SES and passes its words on.
 */
const OF_RECIPIENT: Words<BounceReason> = new Map([
  ['NoEmail', 'mailbox-not-found'],
  ['MailboxFull', 'mailbox-full'],
])

/** Sub-types that do not: the message's fault, and the echoes of a list, for which nothing was tried. */
const INNOCENT: Words<BounceReason> = new Map([
  ['MessageTooLarge', 'message-too-large'],
  ['MessageRejected', 'content-rejected'],
  ['ContentRejected', 'content-rejected'],
  ['AttachmentRejected', 'content-rejected'],
  ['Suppressed', 'suppressed'],
  ['OnAccountSuppressionList', 'suppressed'],
  ['OnTenantSuppressionList', 'suppressed'],
  ['EmailValidationSuppressed', 'suppressed'],
  ['UnsubscribedRecipient', 'suppressed'],
])

/** What an enhanced status code says where the sub-type does not, by its last two parts (RFC 3463). */
const STATUS_REASONS: Words<BounceReason> = new Map([
  ['1.1', 'mailbox-not-found'],
  ['1.2', 'domain-not-found'],
  ['1.10', 'domain-not-found'],
  ['2.1', 'mailbox-inactive'],
  ['2.2', 'mailbox-full'],
  ['4.7', 'expired'],
])

/** Why a message was refused, and whether that speaks against the recipient. */
export function verdictOf(
  subType?: string,
  status?: string,
): Pick<Bounce, 'reason' | 'countsAgainstRecipient'> {
  const innocent = INNOCENT.get(subType)
  const reason = innocent ?? OF_RECIPIENT.get(subType) ?? STATUS_REASONS.get(status?.slice(2)) ?? 'unknown'
  return { reason, countsAgainstRecipient: innocent === undefined }
}

/**
 * Posts that are of no interest here: mail that was received, mail that is yet to be sent (`email.sent` follows), and
 * what happens to contacts, topics, domains and inboxes. Whom a broadcast may reach, Resend itself sees to.
 * Source: https://resend.com/docs/webhooks/event-types
 */
export const IGNORED: RegExp = /^(email\.(received|scheduled)$|(contact|topic|domain|inbox)\.)/
