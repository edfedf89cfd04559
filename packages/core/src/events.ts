/** Why a message did not arrive, the same words for every provider. */
export type BounceReason =
  | 'mailbox-not-found'
  | 'mailbox-full'
  | 'mailbox-inactive'
  | 'domain-not-found'
  | 'message-too-large'
  | 'content-rejected'
  | 'spam'
  | 'policy'
  | 'authentication'
  | 'rate-limited'
  | 'expired'
  | 'auto-reply'
  | 'suppressed'
  | 'unknown'

/** What every event has: one event per affected recipient, plain JSON. */
export interface EventBase {
  /** Same notification and same recipient give the same id, for ever; unique over providers and accounts. */
  readonly id: string
  /** The provider's registered name, `'ses'`. */
  readonly provider: string
  /** The addr-spec as reported, display name removed, otherwise untouched. */
  readonly recipient: string
  /** When it happened at the provider: ISO 8601, UTC, milliseconds. */
  readonly timestamp: string
  /** Only where the provider gave no readable time: `timestamp` is the time of receipt then. */
  readonly timestampFrom?: 'receipt'
  /** The provider's id of the sent message. */
  readonly messageId?: string
  /** Postmark message stream, SES configuration set, and the like. */
  readonly stream?: string
  readonly tags: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
  /** What is known of the sent message itself; `sentAt` is ISO 8601, UTC, milliseconds. */
  readonly message?: { readonly from?: string; readonly subject?: string; readonly sentAt?: string }
  /** The provider's own object for this event. */
  readonly raw: unknown
}

/** The message was refused, now or for good (RFC 3464 action `failed`). */
export interface Bounce extends EventBase {
  readonly type: 'bounce'
  readonly bounceType: 'hard' | 'soft' | 'undetermined'
  readonly reason: BounceReason
  /** False for the message's own faults, for auto-replies and for echoes of a provider's own list. */
  readonly countsAgainstRecipient: boolean
  /** The provider's words, verbatim: `'Permanent/General'`, `'HardBounce'`. */
  readonly providerType: string
  /** Enhanced status code (RFC 3463), `'5.1.1'`. */
  readonly status?: string
  /** What the receiving server said. */
  readonly diagnostic?: string
  /** RFC 3464 action, `'failed'`. */
  readonly action?: string
  readonly reportingMta?: string
  readonly remoteMta?: string
}

/** The reader reported the message as unwanted (RFC 5965). */
export interface Complaint extends EventBase {
  readonly type: 'complaint'
  readonly feedbackType: 'abuse' | 'auth-failure' | 'fraud' | 'not-spam' | 'other' | 'virus' | 'unknown'
  /** False where the provider lists suspects (SES with several recipients at one domain). */
  readonly certain: boolean
  readonly userAgent?: string
  /** When the mailbox provider received the message; ISO 8601, UTC, milliseconds. */
  readonly arrivedAt?: string
}

/** The receiving server accepted the message. */
export interface Delivery extends EventBase {
  readonly type: 'delivery'
  readonly smtpResponse?: string
  /** From acceptance by the provider to delivery, in milliseconds. */
  readonly processingMs?: number
  readonly remoteMta?: string
  readonly reportingMta?: string
}

/** The message is late and still being tried. */
export interface Deferral extends EventBase {
  readonly type: 'deferral'
  readonly reason: BounceReason
  readonly providerType: string
  readonly status?: string
  readonly diagnostic?: string
  /** When the provider gives up; ISO 8601, UTC, milliseconds. */
  readonly expiresAt?: string
  readonly reportingMta?: string
  readonly remoteMta?: string
}

/** The provider did not try: on its list, invalid, or found to be harmful. */
export interface Reject extends EventBase {
  readonly type: 'reject'
  readonly reason: BounceReason
  readonly providerType: string
  readonly diagnostic?: string
}

/** The message could not be made: a template that does not render, for instance. */
export interface Failure extends EventBase {
  readonly type: 'failure'
  readonly providerType: string
  readonly diagnostic?: string
}

/** The provider took the message. */
export interface Send extends EventBase {
  readonly type: 'send'
}

/** The reader's mail program loaded the tracking image; machines do so too. */
export interface Open extends EventBase {
  readonly type: 'open'
  readonly userAgent?: string
  readonly ip?: string
}

/** A link was followed; link checkers do so too. */
export interface Click extends EventBase {
  readonly type: 'click'
  readonly url?: string
  readonly userAgent?: string
  readonly ip?: string
}

/** The reader, or somebody for them, no longer wants mail of this stream. */
export interface Unsubscribe extends EventBase {
  readonly type: 'unsubscribe'
  /** Who asked: the reader, the sending account, or the provider's staff. */
  readonly origin?: 'recipient' | 'sender' | 'provider'
}

/** The provider sends to this address again. */
export interface Resubscribe extends EventBase {
  readonly type: 'resubscribe'
  readonly origin?: 'recipient' | 'sender' | 'provider'
}

/** An absence note, a change of address, a challenge: the message arrived. */
export interface AutoReply extends EventBase {
  readonly type: 'autoreply'
  readonly providerType: string
  readonly diagnostic?: string
}

/** Anything that a provider reports about one recipient of a sent message. */
export type MailEvent =
  | Bounce
  | Complaint
  | Delivery
  | Deferral
  | Reject
  | Failure
  | Send
  | Open
  | Click
  | Unsubscribe
  | Resubscribe
  | AutoReply

/** The event of a type name; `'*'` is any of them. */
export type EventOf<T extends MailEvent['type'] | '*'> = T extends '*'
  ? MailEvent
  : Extract<MailEvent, { type: T }>
