import { randomUUID } from 'node:crypto'
import type { SnsPost, SnsSigner } from '@bouncy/sns/testing'

/** What `sesPosts` takes. */
export interface SesPostsOptions extends SesMessagesOptions {
  /** Of `createSnsSigner()`. */
  readonly signer: SnsSigner
  readonly topicArn: string
  /** @default '1', as for a new topic */
  readonly signatureVersion?: '1' | '2'
}

/** What `sesMessages` takes. */
export interface SesMessagesOptions {
  /** @default 'event-publishing' */
  readonly format?: SesFormat
  /** Milliseconds since the epoch; the time of events, a second after the sending. @default Date.now */
  readonly now?: () => number
  /** Makes message and feedback ids. @default random UUIDs */
  readonly newId?: () => string
}

/** Which of the two: an `eventType` with tags and headers, or a `notificationType`. */
export type SesFormat = 'event-publishing' | 'identity'

/** What a message is about. */
export interface SesContent {
  /** @default ['reader@example.com'] */
  readonly recipients?: readonly string[]
  /** To whom the mail was sent. @default the recipients */
  readonly destination?: readonly string[]
  readonly messageId?: string
  /** @default 'Shop <news@example.com>' */
  readonly source?: string
  /** @default 'Your order' */
  readonly subject?: string
  /** @default 'transactional' */
  readonly configurationSet?: string
  /** The sender's own. @default none */
  readonly tags?: Readonly<Record<string, string>>
  /** When it happened. @default now */
  readonly timestamp?: string
  /** @default that of the options */
  readonly format?: SesFormat
  /** Further members of the type's own object, or others in their place. */
  readonly more?: Readonly<Record<string, unknown>>
}

/** Whose mail came back, and why. */
export interface SesBounceContent extends Omit<SesContent, 'recipients'> {
  /** An address alone gets the delivery report that goes with the type. @default ['reader@example.com'] */
  readonly recipients?: readonly (string | SesBouncedRecipient)[]
  /** @default 'Permanent' */
  readonly bounceType?: string
  /** @default 'General' */
  readonly bounceSubType?: string
  readonly feedbackId?: string
}

/** A recipient with what the delivery report says. */
export interface SesBouncedRecipient {
  readonly emailAddress: string
  readonly action?: string
  readonly status?: string
  readonly diagnosticCode?: string
}

/** Who complained. */
export interface SesComplaintContent extends SesContent {
  /** @default 'abuse' */
  readonly feedbackType?: string
  /** @default null */
  readonly subType?: string
  readonly feedbackId?: string
}

/** What is late. */
export interface SesDelayContent
  extends Omit<SesBounceContent, 'bounceType' | 'bounceSubType' | 'feedbackId'> {
  /** @default 'TransientCommunicationFailure' */
  readonly delayType?: string
}

/** What was clicked. */
export interface SesClickContent extends SesContent {
  /** @default 'https://example.com/offer' */
  readonly link?: string
}

/** What a contact wants from now on. */
export interface SesSubscriptionContent extends SesContent {
  /** @default 'newsletter' */
  readonly contactList?: string
  /** Whether the contact left the whole list. @default true */
  readonly unsubscribeAll?: boolean
  /** Whether it had left it before. @default false */
  readonly hadUnsubscribedAll?: boolean
  /** By topic. @default none */
  readonly topics?: Readonly<Record<string, 'OptIn' | 'OptOut'>>
  /** What it was before. @default none */
  readonly hadTopics?: Readonly<Record<string, 'OptIn' | 'OptOut'>>
}

/** A message as SES writes it. */
export type SesMessage = Readonly<Record<string, unknown>>

/** One function for each type, that makes it: an object, or a signed request. */
export interface SesBuilders<Made> {
  bounce(content?: SesBounceContent): Made
  complaint(content?: SesComplaintContent): Made
  delivery(content?: SesContent): Made
  deliveryDelay(content?: SesDelayContent): Made
  send(content?: SesContent): Made
  reject(content?: SesContent): Made
  renderingFailure(content?: SesContent): Made
  open(content?: SesContent): Made
  click(content?: SesClickContent): Made
  subscription(content?: SesSubscriptionContent): Made
  /** What is written when a topic is connected to an identity. */
  topicConnected(): Made
}

/** What SES would have SNS post. */
export interface SesPosts extends SesBuilders<SnsPost> {
  /** Anything else: a text as it is, an object as JSON. */
  message(message: string | object): SnsPost
  subscriptionConfirmation(): SnsPost
  unsubscribeConfirmation(): SnsPost
}

/**
 * Plays Amazon SES behind Amazon SNS: signed requests, usable as the second argument of `fetch`.
 *
 * @example
 * const signer = createSnsSigner()
 * const posts = sesPosts({ signer, topicArn })
 * await fetch(url, posts.bounce({ recipients: ['reader@example.com'] })) // where ses({ topicArns, fetch: signer.fetch }) listens
 */
export function sesPosts({
  signer,
  topicArn,
  signatureVersion = '1',
  ...options
}: SesPostsOptions): SesPosts {
  const messages = sesMessages(options)
  const timestamp = (): string => new Date((options.now ?? Date.now)()).toISOString()
  const message = (content: string | object): SnsPost =>
    signer.notification({
      topicArn,
      signatureVersion,
      message: typeof content === 'string' ? content : JSON.stringify(content),
      timestamp: timestamp(),
    })
  return {
    bounce: (content) => message(messages.bounce(content)),
    complaint: (content) => message(messages.complaint(content)),
    delivery: (content) => message(messages.delivery(content)),
    deliveryDelay: (content) => message(messages.deliveryDelay(content)),
    send: (content) => message(messages.send(content)),
    reject: (content) => message(messages.reject(content)),
    renderingFailure: (content) => message(messages.renderingFailure(content)),
    open: (content) => message(messages.open(content)),
    click: (content) => message(messages.click(content)),
    subscription: (content) => message(messages.subscription(content)),
    topicConnected: () => message(messages.topicConnected()),
    message,
    subscriptionConfirmation: () =>
      signer.subscriptionConfirmation({ topicArn, signatureVersion, timestamp: timestamp() }),
    unsubscribeConfirmation: () =>
      signer.unsubscribeConfirmation({ topicArn, signatureVersion, timestamp: timestamp() }),
  }
}

/**
 * The messages alone, for other transports.
 *
 * @example
 * parseSesMessage(sesMessages().complaint({ recipients: ['reader@example.com'] }))
 */
export function sesMessages(options: SesMessagesOptions = {}): SesBuilders<SesMessage> {
  const { now = Date.now, newId = randomUUID } = options

  function write(type: string, key: string, content: AnyContent, part: object): SesMessage {
    const { format = options.format ?? 'event-publishing', recipients = [READER] } = content
    const addresses = recipients.map((one) => (typeof one === 'string' ? one : one.emailAddress))
    return {
      [format === 'identity' ? 'notificationType' : 'eventType']: type,
      [key]: { ...part, ...content.more },
      mail: mailOf(content, format, addresses),
    }
  }

  function mailOf(content: AnyContent, format: SesFormat, addresses: readonly string[]): object {
    const { source = 'Shop <news@example.com>', subject = 'Your order', destination = addresses } = content
    const mail = {
      timestamp: new Date(now() - 1_000).toISOString(),
      messageId: content.messageId ?? `${newId()}-000000`,
      source,
      sourceArn: 'arn:aws:ses:us-east-1:111122223333:identity/example.com',
      sendingAccountId: '111122223333',
      destination,
    }
    if (format === 'identity') return mail
    const own = Object.entries(content.tags ?? {}).map(([name, value]) => [name, [value]])
    return {
      ...mail,
      headersTruncated: false,
      headers: [
        { name: 'From', value: source },
        { name: 'To', value: destination.join(', ') },
        { name: 'Message-ID', value: '<order-4711@example.com>' },
        { name: 'Subject', value: subject },
      ],
      commonHeaders: { from: [source], to: destination, messageId: mail.messageId, subject },
      tags: {
        'ses:configuration-set': [content.configurationSet ?? 'transactional'],
        'ses:from-domain': ['example.com'],
        'ses:source-ip': ['192.0.2.1'],
        ...Object.fromEntries(own),
      },
    }
  }

  const timestampOf = (content: AnyContent): string => content.timestamp ?? new Date(now()).toISOString()

  return {
    bounce(content = {}) {
      const { recipients = [READER], bounceType = 'Permanent', bounceSubType = 'General' } = content
      return write('Bounce', 'bounce', content, {
        feedbackId: content.feedbackId ?? `${newId()}-000000`,
        bounceType,
        bounceSubType,
        bouncedRecipients: recipients.map((one) => reported(one, `${bounceType}/${bounceSubType}`)),
        timestamp: timestampOf(content),
        remoteMtaIp: '192.0.2.25',
        reportingMTA: 'dns; a1-2.smtp-out.amazonses.com',
      })
    },
    complaint(content = {}) {
      return write('Complaint', 'complaint', content, {
        feedbackId: content.feedbackId ?? `${newId()}-000000`,
        complaintSubType: content.subType ?? null,
        complainedRecipients: (content.recipients ?? [READER]).map((emailAddress) => ({ emailAddress })),
        timestamp: timestampOf(content),
        userAgent: 'Example Feedback Loop/1.0',
        complaintFeedbackType: content.feedbackType ?? 'abuse',
        arrivalDate: timestampOf(content),
      })
    },
    delivery(content = {}) {
      return write('Delivery', 'delivery', content, {
        timestamp: timestampOf(content),
        processingTimeMillis: 812,
        recipients: content.recipients ?? [READER],
        smtpResponse: '250 2.0.0 OK',
        remoteMtaIp: '192.0.2.25',
        reportingMTA: 'a1-2.smtp-out.amazonses.com',
      })
    },
    deliveryDelay(content = {}) {
      const { recipients = [READER], delayType = 'TransientCommunicationFailure' } = content
      return write('DeliveryDelay', 'deliveryDelay', content, {
        delayType,
        delayedRecipients: recipients.map((one) => reported(one, 'delay')),
        timestamp: timestampOf(content),
        expirationTime: new Date(now() + 14 * 60 * 60_000).toISOString(),
      })
    },
    send: (content = {}) => write('Send', 'send', content, {}),
    reject: (content = {}) => write('Reject', 'reject', content, { reason: 'Bad content' }),
    renderingFailure(content = {}) {
      const errorMessage = "Attribute 'name' is not present in the rendering data."
      return write('Rendering Failure', 'failure', content, { templateName: 'welcome', errorMessage })
    },
    open: (content = {}) => write('Open', 'open', content, { ...VISITOR, timestamp: timestampOf(content) }),
    click(content = {}) {
      const { link = 'https://example.com/offer' } = content
      return write('Click', 'click', content, {
        ...VISITOR,
        link,
        linkTags: null,
        timestamp: timestampOf(content),
      })
    },
    subscription(content = {}) {
      const { unsubscribeAll = true, hadUnsubscribedAll = false, topics = {}, hadTopics = {} } = content
      return write('Subscription', 'subscription', content, {
        contactList: content.contactList ?? 'newsletter',
        timestamp: timestampOf(content),
        source: 'UnsubscribeHeader',
        newTopicPreferences: preferences(unsubscribeAll, topics),
        oldTopicPreferences: preferences(hadUnsubscribedAll, hadTopics),
      })
    },
    topicConnected: () => ({
      notificationType: 'AmazonSnsSubscriptionSucceeded',
      message: 'The topic was connected to the identity example.com.',
    }),
  }
}

type AnyContent = Omit<SesContent, 'recipients'> & Pick<SesBounceContent, 'recipients'>

const READER = 'reader@example.com'

const VISITOR = { ipAddress: '192.0.2.44', userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' }

/** What a server says, by type and sub-type; of others nothing came back. */
const REPORTS: Readonly<Record<string, Omit<SesBouncedRecipient, 'emailAddress'>>> = {
  'Permanent/General': failed('5.1.1', 'smtp; 550 5.1.1 user unknown'),
  'Permanent/NoEmail': failed('5.1.1', 'smtp; 550 5.1.1 user unknown'),
  'Transient/General': failed('4.4.7', 'smtp; 550 4.4.7 Message expired: unable to deliver in 840 minutes'),
  'Transient/MailboxFull': failed('4.2.2', 'smtp; 452 4.2.2 mailbox full'),
  'Transient/MessageTooLarge': failed('5.3.4', 'smtp; 552 5.3.4 message size exceeds fixed limit'),
  'Transient/ContentRejected': failed('5.6.0', 'smtp; 554 5.6.0 content rejected'),
  delay: { status: '4.4.1', diagnosticCode: 'smtp; 421 4.4.1 unable to connect to remote host' },
}

function failed(status: string, diagnosticCode: string): Omit<SesBouncedRecipient, 'emailAddress'> {
  return { action: 'failed', status, diagnosticCode }
}

function reported(recipient: string | SesBouncedRecipient, type: string): SesBouncedRecipient {
  return typeof recipient === 'string' ? { emailAddress: recipient, ...REPORTS[type] } : recipient
}

function preferences(unsubscribeAll: boolean, topics: Readonly<Record<string, string>>): object {
  const topicSubscriptionStatus = Object.entries(topics).map(([topicName, subscriptionStatus]) => ({
    topicName,
    subscriptionStatus,
  }))
  return { unsubscribeAll, topicSubscriptionStatus }
}
