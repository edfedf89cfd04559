import type { BounceReason, Complaint } from '@bouncy/core'
import { type Verdict, verdictOf } from '@bouncy/core/provider'

/**
 * Sub-types that say by themselves why; `General`, `Undetermined` and new ones leave it to the status and diagnostic.
 * Those of a list were never attempted: they echo what is known already, and must not bring back an address that
 * somebody has taken off the list.
 * Source: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#event-publishing-retrieving-sns-contents-bounce-types
 */
export const SUB_TYPES: Readonly<Record<string, Verdict>> = {
  NoEmail: verdictOf('mailbox-not-found'),
  MailboxFull: verdictOf('mailbox-full'),
  MessageTooLarge: verdictOf('message-too-large'),
  ContentRejected: verdictOf('content-rejected'),
  AttachmentRejected: verdictOf('content-rejected'),
  // the time was the sender's choice
  CustomTimeoutExceeded: { reason: 'expired', countsAgainstRecipient: false },
  Suppressed: verdictOf('suppressed'),
  OnAccountSuppressionList: verdictOf('suppressed'),
  OnTenantSuppressionList: verdictOf('suppressed'),
  EmailValidationSuppressed: verdictOf('suppressed'),
  UnsubscribedRecipient: verdictOf('suppressed'),
}

/** Whether a sub-type, of a complaint too, says that SES did not even try because of a list. */
export const isEcho = (subType = ''): boolean =>
  Object.hasOwn(SUB_TYPES, subType) && SUB_TYPES[subType]?.reason === 'suppressed'

/** Kinds of a delay that say by themselves why. Source: the same page, "DeliveryDelay object". */
export const DELAY_REASONS: Readonly<Record<string, BounceReason>> = {
  MailboxFull: 'mailbox-full',
  SpamDetected: 'spam',
  IPFailure: 'rate-limited',
}

/**
 * Under this SES also files the answers of absent readers, which it leaves out of the bounce rate. They are no delivery
 * reports, so nothing of one comes with them (no reporting MTA, action, status or diagnostic).
 * Source: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types
 */
export const AUTO_REPLIES_AS = 'Transient/General'

/** The registered feedback types (RFC 5965, RFC 6430, RFC 6591). */
export const FEEDBACK_TYPES: ReadonlySet<string> = new Set<Complaint['feedbackType']>([
  'abuse',
  'auth-failure',
  'fraud',
  'not-spam',
  'other',
  'virus',
])
