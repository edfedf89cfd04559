import * as z from 'zod/mini'

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
  readonly headers: readonly { readonly name?: string | undefined; readonly value?: string | undefined }[]
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

/** @returns `undefined` for what is no object */
export const readMessage = (value: unknown): Message | undefined => message.safeParse(value).data

/** The object under a type's key; total. */
export function readPart(message: unknown, key: string): Part {
  const value = isObject(message) && Object.hasOwn(message, key) ? message[key] : undefined
  return part.parse(isObject(value) ? value : {})
}

/** Total; a bare address is a recipient too. */
export const readRecipient = (value: unknown): Recipient =>
  recipient.parse(isObject(value) ? value : { emailAddress: value })

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text = z.catch(z.optional(z.string().check(z.minLength(1))), undefined)
const list = z.catch(z.array(z.unknown()), [])
/** SES has sent it as text, too. */
const milliseconds = z.catch(
  z.optional(z.union([z.number().check(z.nonnegative()), z.string().check(z.regex(/^\d{1,15}$/))])),
  undefined,
)

const mail = z.object({
  timestamp: text,
  messageId: text,
  source: text,
  destination: list,
  tags: z.catch(z.record(z.string(), z.unknown()), {}),
  headers: z.catch(z.array(z.catch(z.object({ name: text, value: text }), {})), []),
  commonHeaders: z.catch(z.object({ from: list, subject: text }), { from: [] }),
})

const message = z.object({
  eventType: text,
  notificationType: text,
  mail: z.catch(mail, () => mail.parse({})),
})

const preferences = z.object({
  unsubscribeAll: z.catch(z.optional(z.boolean()), undefined),
  topicSubscriptionStatus: z.catch(
    z.array(z.catch(z.object({ topicName: text, subscriptionStatus: text }), {})),
    [],
  ),
})
const lenientPreferences = z.catch(preferences, () => preferences.parse({}))

const part = z.object({
  timestamp: text,
  feedbackId: text,
  reportingMTA: text,
  remoteMtaIp: text,
  userAgent: text,
  bounceType: text,
  bounceSubType: text,
  bouncedRecipients: list,
  complainedRecipients: list,
  complaintFeedbackType: text,
  complaintSubType: text,
  arrivalDate: text,
  recipients: list,
  processingTimeMillis: milliseconds,
  smtpResponse: text,
  delayedRecipients: list,
  delayType: text,
  expirationTime: text,
  reason: text,
  errorMessage: text,
  ipAddress: text,
  link: text,
  contactList: text,
  source: text,
  newTopicPreferences: lenientPreferences,
  oldTopicPreferences: lenientPreferences,
})

const recipient = z.object({ emailAddress: text, action: text, status: text, diagnosticCode: text })
