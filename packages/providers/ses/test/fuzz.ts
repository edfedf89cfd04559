import { isDeepStrictEqual } from 'node:util'
import {
  credentialsOf,
  distort,
  type FuzzPost,
  type FuzzSubject,
  type FuzzTarget,
  headerOf,
  mutants,
  postTo,
  type Random,
  readObject,
  signingKey,
} from '@bouncy/config/fuzz'
import { type SesPayload, ses } from '@bouncy/ses'
import { type SesMessage, sesMessages } from '@bouncy/ses/testing'
import { createSnsSigner, type SnsEnvelope, type SnsPost, type SnsSigner } from '@bouncy/sns/testing'

const NOW = Date.parse('2026-11-22T10:00:00.000Z')
const now = (): number => NOW
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:mail-events'
const hook = { username: 'hook', password: 'a-long-one' }
const PAIR = `${hook.username}:${hook.password}`
const authorization = `Basic ${Buffer.from(PAIR).toString('base64')}`

/**
 * Two webhooks: `ses`, where only signed messages count, and `raw`, where whoever knows the credentials may post anything,
 * so that what reads the messages meets every distortion.
 */
export const target: FuzzTarget = {
  mutations: (random) => {
    const messages = makeMessages(random)
    const signer = createSnsSigner({ now, key: signingKey(random) })
    const signed = sign(messages, signer, random)
    const genuine = [...signed, ...raw(messages)]
    const posts = { genuine, foreign: foreign(signer, signed), tokens: TOKENS }
    return { ...subjectOf(signer, signed), cases: (batch) => mutants(posts, batch) }
  },
}

function subjectOf(signer: SnsSigner, signed: readonly FuzzPost[]): Omit<FuzzSubject, 'cases'> {
  const { key } = signer
  const refused = createSnsSigner({ now, key, certificate: { commonName: 'sns.example' } }).certificate
  const options = {
    topicArns: [TOPIC],
    now,
    limits: { certificateRequestsPerMinute: Number.MAX_SAFE_INTEGER },
  }
  return {
    now: NOW,
    providers: ({ fetch }) => [
      ses({ ...options, fetch }),
      ses({ ...options, fetch, name: 'raw', basicAuth: [hook], confirmSubscriptions: false }),
    ],
    mayRequest: (url) => url.startsWith('https://sns.eu-west-1.amazonaws.com/'),
    // where AWS has nothing it says 404, which is answered 503; a certificate that is no good has to be answered 403
    async fetch(url) {
      const response = await signer.fetch(url)
      return response.status === 404 ? new Response(refused) : response
    },
    objection: oracle(signed),
  }
}

/** Everything that SES writes in both formats, and as much of it distorted. */
function makeMessages(random: Random): readonly string[] {
  const newId = (): string => Buffer.from(random.bytes(8)).toString('hex')
  const written = (['event-publishing', 'identity'] as const)
    .flatMap((format) => sesMessagesOf(sesMessages({ format, now, newId })))
    .map((message) => JSON.stringify(message))
  const distorted = [...written, ...written].map((message) => distort(message, random, TOKENS))
  return [
    ...written,
    ...distorted,
    'Successfully validated SNS topic for Amazon SES event publishing.',
    '{"notificationType":"Received","content":"From: kim@example.com"}',
    '{}',
    '[]',
    'null',
    '',
  ]
}

function sesMessagesOf(make: ReturnType<typeof sesMessages>): readonly SesMessage[] {
  const recipients = ['kim@example.com', 'Lee <lee@example.net>', '"k m"@example.org']
  return [
    make.bounce(),
    make.bounce({ recipients, bounceType: 'Transient', bounceSubType: 'MailboxFull' }),
    make.bounce({ recipients: [{ emailAddress: 'kim@example.com', action: 'delayed', status: '4.0.0' }] }),
    make.bounce({ bounceType: 'Undetermined', bounceSubType: 'OfTomorrow', tags: { campaign: 'spring' } }),
    make.complaint({ recipients }),
    make.complaint({ subType: 'OnAccountSuppressionList', feedbackType: 'not-spam' }),
    make.delivery({ recipients }),
    make.deliveryDelay(),
    make.send(),
    make.reject(),
    make.renderingFailure(),
    make.open(),
    make.click(),
    make.subscription(),
    make.subscription({
      unsubscribeAll: false,
      topics: { offers: 'OptOut' },
      hadTopics: { offers: 'OptIn' },
    }),
    make.subscription({ unsubscribeAll: false, hadUnsubscribedAll: true }),
    make.topicConnected(),
  ]
}

/** Only what is accepted as it is: a distortion may have made it say a thing twice, which has to be refused. */
function sign(messages: readonly string[], signer: SnsSigner, random: Random): readonly FuzzPost[] {
  const messageId = (): string => Buffer.from(random.bytes(16)).toString('hex')
  const notifications = messages
    .filter(isReadable)
    .map((message) => signer.notification({ topicArn: TOPIC, message, messageId: messageId() }))
  const confirmations = [
    signer.subscriptionConfirmation({ topicArn: TOPIC, messageId: messageId() }),
    signer.unsubscribeConfirmation({ topicArn: TOPIC, messageId: messageId(), signatureVersion: '2' }),
  ]
  return [...notifications, ...confirmations].flatMap((post) => [
    postTo('ses', post),
    postTo('raw', withCredentials(post)),
  ])
}

const withCredentials = (post: SnsPost): SnsPost => ({ ...post, headers: { ...post.headers, authorization } })

function raw(messages: readonly string[]): readonly FuzzPost[] {
  const headers = {
    'content-type': 'text/plain; charset=UTF-8',
    'x-amz-sns-message-type': 'Notification',
    'x-amz-sns-message-id': '11111111-2222-4333-8444-555555555555',
    'x-amz-sns-topic-arn': TOPIC,
    'x-amz-sns-rawdelivery': 'true',
    authorization,
  }
  return messages.filter(isReadable).map((body) => postTo('raw', { method: 'POST', headers, body }))
}

/** For somebody else, too old, or without the credentials. */
function foreign(signer: SnsSigner, signed: readonly FuzzPost[]): readonly FuzzPost[] {
  const content = { topicArn: TOPIC, message: '{"eventType":"Bounce"}', messageId: 'foreign' }
  const elsewhere = { ...content, topicArn: 'arn:aws:sns:eu-west-1:999999999999:mail-events' }
  const rawPost = { method: 'POST', headers: { 'x-amz-sns-rawdelivery': 'true' }, body: content.message }
  return [
    postTo('ses', signer.notification(elsewhere)),
    postTo('ses', signer.notification({ ...content, timestamp: '2026-11-22T08:00:00.000Z' })),
    postTo('raw', withCredentials(signer.subscriptionConfirmation(elsewhere))),
    ...signed.filter(({ to }) => to === 'ses').map((post) => ({ ...post, to: 'raw' })),
    postTo('raw', rawPost),
    postTo('ses', rawPost),
    postTo('ses', { ...rawPost, headers: { ...rawPost.headers, authorization } }),
  ]
}

const SIGNED = [
  'Message',
  'MessageId',
  'Subject',
  'SubscribeURL',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
] as const

/** Only what was signed may be accepted, and anything readable of those who know the credentials and say that it is raw. */
function oracle(posts: readonly FuzzPost[]): FuzzSubject['objection'] {
  const envelopes = posts.map(({ body }) => JSON.parse(Buffer.from(body).toString('utf8')) as SnsEnvelope)
  const signed = new Map(envelopes.map((envelope) => [envelope.MessageId, envelope]))

  function objectionToSigned({ body }: FuzzPost, payload: SesPayload): string | undefined {
    const read = readObject(body, { freeForm: ['MessageAttributes'] })
    if (read === undefined) return 'the body has to be refused'
    const fields: typeof read = { SubscribeURL: read.SubscribeUrl, ...read }
    const envelope = signed.get(String(fields.MessageId))
    if (envelope === undefined) return 'nobody signed it'
    const isSigned = (name: (typeof SIGNED)[number]): boolean =>
      name in envelope || (name === 'Subject' && envelope.Type === 'Notification')
    const changed = SIGNED.filter(isSigned).find(
      (name) => (fields[name] ?? null) !== (envelope[name] ?? null),
    )
    if (changed !== undefined) return `its ${changed} was not signed`
    if (payload.kind === 'confirmation')
      return payload.confirmation.token === envelope.Token ? undefined : 'verify returned something else'
    const { Message, MessageId: id, Timestamp: time } = envelope
    return isDeepStrictEqual(payload.carried, { message: opened(Message), id, time })
      ? undefined
      : 'verify returned something else'
  }

  function objectionToRaw(post: FuzzPost, payload: SesPayload): string | undefined {
    const topic = headerOf(post, 'x-amz-sns-topic-arn') ?? TOPIC
    if (topic !== TOPIC) return 'its topic is not listed'
    if (payload.kind === 'confirmation') return 'a confirmation has to be signed'
    const text = new TextDecoder().decode(post.body)
    if (!isReadable(text)) return 'the body has to be refused'
    return isDeepStrictEqual(payload.carried.message, opened(text))
      ? undefined
      : 'verify returned something else'
  }

  return (post, payload: SesPayload) => {
    if (post.to === 'raw' && credentialsOf(post) !== PAIR) return 'the credentials are not right'
    const isRaw = headerOf(post, 'x-amz-sns-rawdelivery')?.toLowerCase() === 'true'
    const ofSigned = objectionToSigned(post, payload)
    return ofSigned !== undefined && post.to === 'raw' && isRaw ? objectionToRaw(post, payload) : ofSigned
  }
}

/** Whether a message is text, or JSON within the bounds. */
function isReadable(message: string): boolean {
  if (!isObject(message)) return true
  // in an object, so that lists are read too; it takes a level
  return readObject(`{"":${message}}`, { freeForm: FREE_FORM, maxDepth: 65 }) !== undefined
}

/** Told without looking at each value, for which what is nested very deeply would leave no stack. */
function isObject(message: string): boolean {
  try {
    const value: unknown = JSON.parse(message)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}

const FREE_FORM = ['headers', 'commonHeaders', 'tags', 'linkTags']

/** As JSON says it: a whole number beyond 2^53, or one beyond all doubles, is the text of its digits. */
function opened(message: string): unknown {
  try {
    return JSON.parse(message, ((_: string, value: unknown, { source = '' } = {}) => {
      const inexact = typeof value === 'number' && (Math.abs(value) > 2 ** 53 - 1 || value === Infinity)
      return inexact ? source : value
    }) as Parameters<typeof JSON.parse>[1])
  } catch {
    return message
  }
}

const TOKENS: readonly string[] = [
  TOPIC,
  ...SIGNED,
  ...[
    'Bounce',
    'Complaint',
    'Delivery',
    'Send',
    'Rendering Failure',
    'DeliveryDelay',
    'Subscription',
    'Received',
  ],
  ...[
    'eventType',
    'notificationType',
    'mail',
    'bounce',
    'bouncedRecipients',
    'emailAddress',
    'destination',
    'tags',
  ],
  ...['Permanent', 'Transient', 'Undetermined', 'Suppressed', 'OnAccountSuppressionList', 'MailboxFull'],
  ...['smtp; 550 5.1.1 user unknown', 'smtp; 421-4.7.0 try again later', 'rfc822;kim@example.com', '5.7.999'],
  ...['abuse', 'not-spam', 'OptIn', 'OptOut', 'ses:configuration-set', 'AMAZON_SES_SETUP_NOTIFICATION'],
]
