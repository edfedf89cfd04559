import type { Complaint } from '@bouncy/core'
import { given, readTime, reasonOf, statusIn } from '@bouncy/core/provider'
import { readBounce } from './bounce.ts'
import type { Facts } from './facts.ts'
import { DELAY_REASONS, FEEDBACK_TYPES, isEcho } from './mapping.ts'
import { readSubscription } from './subscription.ts'
import type { Mail, Part, Recipient } from './wire.ts'

/** How one type of message is read. */
export interface Kind {
  /** Where its part stands; also in the event's id, so it never changes. */
  readonly key: string
  /** Whom it concerns; the destinations of the mail only where nothing else names anybody. */
  readonly recipients: (part: Part, mail: Mail) => readonly unknown[]
  /** What it says of one of them; `alone`: no other is named. Empty: nothing that could be read. */
  readonly read: (part: Part, recipient: Recipient, alone: boolean) => readonly Facts[]
  /** Whether it happens to a message once at the most, and has no time of its own. */
  readonly once?: true
}

/** The kind of an `eventType` or `notificationType`, if there is one; spaces do not matter (`Rendering Failure`). */
export function kindOf(type: string): Kind | undefined {
  const word = type.includes(' ') ? type.replaceAll(' ', '') : type
  return Object.hasOwn(KINDS, word) ? KINDS[word] : undefined
}

const KINDS: Readonly<Record<string, Kind>> = {
  Bounce: {
    key: 'bounce',
    recipients: (part) => part.bouncedRecipients,
    read: (part, recipient) => [readBounce(part, recipient)],
  },
  Complaint: {
    key: 'complaint',
    recipients: (part) => part.complainedRecipients,
    read: (part, _, alone) => [readComplaint(part, alone)],
  },
  Delivery: {
    key: 'delivery',
    recipients: (part) => part.recipients,
    read: (part) => [readDelivery(part)],
  },
  DeliveryDelay: {
    key: 'deliveryDelay',
    recipients: (part) => part.delayedRecipients,
    read: (part, recipient) => [readDelay(part, recipient)],
  },
  Send: { key: 'send', recipients: destination, read: () => [{ type: 'send' }], once: true },
  Reject: { key: 'reject', recipients: destination, read: (part) => [readReject(part)], once: true },
  RenderingFailure: {
    key: 'failure',
    recipients: destination,
    read: (part) => [readFailure(part)],
    once: true,
  },
  Open: { key: 'open', recipients: destination, read: (part) => [{ type: 'open', ...visitor(part) }] },
  Click: {
    key: 'click',
    recipients: destination,
    read: (part) => [{ type: 'click', ...given({ url: part.link }), ...visitor(part) }],
  },
  Subscription: {
    key: 'subscription',
    recipients: destination,
    // managed lists are mailed one by one; of several there is no telling who it was
    read: (part, _, alone) => (alone ? readSubscription(part) : []),
  },
}

function destination(_: Part, mail: Mail): readonly unknown[] {
  return mail.destination
}

const visitor = ({ userAgent, ipAddress: ip }: Part): { userAgent?: string; ip?: string } =>
  given({ userAgent, ip })

/**
 * Most mailbox providers hide who complained, so SES names everybody at that domain: suspects, where they are several.
 * And nobody complained at all where SES did not even send, because of the account's list: an echo is not certain.
 */
function readComplaint(part: Part, alone: boolean): Facts {
  const feedbackType = part.complaintFeedbackType?.trim().toLowerCase() ?? ''
  return {
    type: 'complaint',
    feedbackType: FEEDBACK_TYPES.has(feedbackType) ? (feedbackType as Complaint['feedbackType']) : 'unknown',
    certain: alone && !isEcho(part.complaintSubType),
    ...given({ userAgent: part.userAgent, arrivedAt: readTime(part.arrivalDate) }),
  }
}

function readDelivery(part: Part): Facts {
  const {
    smtpResponse,
    processingTimeMillis: took,
    remoteMtaIp: remoteMta,
    reportingMTA: reportingMta,
  } = part
  const processingMs = took === undefined ? undefined : Number(took)
  return { type: 'delivery', ...given({ smtpResponse, processingMs, remoteMta, reportingMta }) }
}

function readDelay(part: Part, recipient: Recipient): Facts {
  const { delayType = 'DeliveryDelay', reportingMTA: reportingMta, remoteMtaIp: remoteMta } = part
  const status = statusIn(recipient.status)
  const diagnostic = recipient.diagnosticCode
  const known = Object.hasOwn(DELAY_REASONS, delayType) ? DELAY_REASONS[delayType] : undefined
  return {
    type: 'deferral',
    reason: known ?? reasonOf({ status, diagnostic }),
    providerType: delayType,
    ...given({ status, diagnostic, expiresAt: readTime(part.expirationTime), reportingMta, remoteMta }),
  }
}

/** "Bad content" is a virus; there is no other reason yet. */
function readReject({ reason: diagnostic }: Part): Facts {
  const reason = diagnostic === 'Bad content' ? 'content-rejected' : 'unknown'
  return { type: 'reject', reason, providerType: diagnostic ?? 'Reject', ...given({ diagnostic }) }
}

function readFailure({ errorMessage: diagnostic }: Part): Facts {
  return { type: 'failure', providerType: 'Rendering Failure', ...given({ diagnostic }) }
}
