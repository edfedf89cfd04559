import type { Bounce, BounceReason } from '@bouncy/core'
import { type Report, reasonOf, type Verdict, verdictOf } from '@bouncy/core/provider'

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
 * Sub-types that say why. Whom they speak against follows from that: the message's faults, and the echoes of a list for
 * which nothing was tried, against nobody. `General`, `Undetermined` and new ones leave it to what the server said.
 * Source: the same page; Resend sends through Amazon SES and passes its words on.
 */
const SUB_TYPES: Words<BounceReason> = new Map([
  ['NoEmail', 'mailbox-not-found'],
  ['MailboxFull', 'mailbox-full'],
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

/**
 * Why a message was refused, and whether that speaks against the recipient: by the sub-type, else by what the server said;
 * except that a hard bounce counts whatever the server said, since Resend puts the address on its list.
 */
export function judge(hard: boolean, subType: string | undefined, said: Report): Verdict {
  const known = SUB_TYPES.get(subType)
  const verdict = verdictOf(known ?? reasonOf(said))
  const stands = known !== undefined || !hard || verdict.countsAgainstRecipient
  return stands ? verdict : verdictOf('unknown')
}

/**
 * Posts that are of no interest here: mail that was received, mail that is yet to be sent (`email.sent` follows), and
 * what happens to contacts, topics, domains and inboxes. Whom a broadcast may reach, Resend itself sees to.
 * Source: https://resend.com/docs/webhooks/event-types
 */
export const IGNORED: RegExp = /^(email\.(received|scheduled)$|(contact|topic|domain|inbox)\.)/
