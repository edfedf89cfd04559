import { each, fields, list, type Read, record, text } from '@bouncy/core/provider'

/**
 * What is read of an SES message, in both of its formats. What is null, empty or of another type than documented
 * counts as absent, and all else is ignored.
 * Sources: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html (`notificationType`),
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html (`eventType`)
 */
export interface Message {
  readonly eventType?: string | undefined
  readonly notificationType?: string | undefined
  readonly mail: Mail
}

/** The sent message. */
export interface Mail {
  readonly timestamp?: string | undefined
  readonly messageId?: string | undefined
  /** MAIL FROM; it may carry a display name. */
  readonly source?: string | undefined
  readonly destination: readonly unknown[]
  /** The sender's own and those beginning with `ses:`, each with a list of values. */
  readonly tags: Readonly<Record<string, unknown>>
  /** Only with "include original headers". */
  readonly headers: readonly unknown[]
  readonly commonHeaders: {
    readonly from: readonly unknown[]
    readonly subject?: string | undefined
  }
}

/** The object that stands under the type's own key; the fields of all types. */
export interface Part {
  readonly timestamp?: string | undefined
  readonly feedbackId?: string | undefined
  readonly reportingMTA?: string | undefined
  readonly remoteMtaIp?: string | undefined
  readonly userAgent?: string | undefined

  readonly bounceType?: string | undefined
  readonly bounceSubType?: string | undefined
  readonly bouncedRecipients: readonly unknown[]

  readonly complainedRecipients: readonly unknown[]
  readonly complaintFeedbackType?: string | undefined
  readonly complaintSubType?: string | undefined
  readonly arrivalDate?: string | undefined

  /** Of a delivery. */
  readonly recipients: readonly unknown[]
  readonly processingTimeMillis?: number | string | undefined
  readonly smtpResponse?: string | undefined

  readonly delayedRecipients: readonly unknown[]
  readonly delayType?: string | undefined
  readonly expirationTime?: string | undefined

  /** Of a reject. */
  readonly reason?: string | undefined
  /** Of a rendering failure. */
  readonly errorMessage?: string | undefined
  /** Of an open or a click. */
  readonly ipAddress?: string | undefined
  readonly link?: string | undefined

  readonly contactList?: string | undefined
  /** How the subscription was changed: `UnsubscribeHeader`, … */
  readonly source?: string | undefined
  readonly newTopicPreferences: TopicPreferences
  readonly oldTopicPreferences: TopicPreferences
}

/** What a contact wants of a contact list. */
export interface TopicPreferences {
  readonly unsubscribeAll?: boolean | undefined
  readonly topicSubscriptionStatus: readonly {
    readonly topicName?: string | undefined
    /** `OptIn` or `OptOut`. */
    readonly subscriptionStatus?: string | undefined
  }[]
}

/** A recipient of a bounce or delay with what the DSN says of it; elsewhere the address alone. */
export interface Recipient {
  readonly emailAddress?: string | undefined
  readonly action?: string | undefined
  readonly status?: string | undefined
  readonly diagnosticCode?: string | undefined
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** SES has sent it as text, too. */
const milliseconds: Read<number | string | undefined> = (value) => {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? value : undefined
}
const flag: Read<boolean | undefined> = (value) => (typeof value === 'boolean' ? value : undefined)

const topic = fields(each(text, 'topicName', 'subscriptionStatus'))

const readOwn = fields({
  ...each(text, 'eventType', 'notificationType'),
  mail: fields({
    ...each(text, 'timestamp', 'messageId', 'source'),
    destination: list,
    tags: record,
    headers: list,
    commonHeaders: fields({ from: list, subject: text }),
  }),
})

/** @returns `undefined` for what is no object */
export const readMessage = (value: unknown): Message | undefined =>
  isObject(value) ? readOwn(value) : undefined

const preferences = fields({
  unsubscribeAll: flag,
  topicSubscriptionStatus: (value) => list(value).map(topic),
})

const part: Read<Part> = fields({
  ...each(text, 'timestamp', 'feedbackId', 'reportingMTA', 'remoteMtaIp', 'userAgent'),
  ...each(text, 'bounceType', 'bounceSubType'),
  bouncedRecipients: list,
  complainedRecipients: list,
  ...each(text, 'complaintFeedbackType', 'complaintSubType', 'arrivalDate'),
  recipients: list,
  processingTimeMillis: milliseconds,
  smtpResponse: text,
  delayedRecipients: list,
  ...each(text, 'delayType', 'expirationTime', 'reason', 'errorMessage', 'ipAddress', 'link'),
  ...each(text, 'contactList', 'source'),
  ...each(preferences, 'newTopicPreferences', 'oldTopicPreferences'),
})

/** The object under a type's key; total. */
export const readPart = (message: unknown, key: string): Part =>
  part(isObject(message) && Object.hasOwn(message, key) ? message[key] : {})

/** The value of the first header of this name, in lower case. They are many, so that only those are read that may be it. */
export function headerOf({ headers }: Mail, name: string): string | undefined {
  const found = headers.find(
    (header) =>
      isObject(header) &&
      typeof header.name === 'string' &&
      header.name.length === name.length &&
      header.name.toLowerCase() === name,
  )
  return isObject(found) ? text(found.value) : undefined
}

const recipient = fields(each(text, 'emailAddress', 'action', 'status', 'diagnosticCode'))

/** Total; a bare address is a recipient too. */
export const readRecipient = (value: unknown): Recipient =>
  recipient(isObject(value) ? value : { emailAddress: value })
