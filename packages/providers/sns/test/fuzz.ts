import { isDeepStrictEqual } from 'node:util'
import {
  type Batch,
  type FuzzCase,
  type FuzzPost,
  type FuzzSubject,
  type FuzzTarget,
  mutants,
  postTo,
  type Random,
  readObject,
  signingKey,
} from '@bouncy/config/fuzz'
import { type Provider, WebhookError, type WebhookRequest } from '@bouncy/core'
import { createSnsVerifier, type SnsMessage, type SnsVerifierOptions } from '@bouncy/sns'
import {
  certificateUrls,
  createSnsSigner,
  envelopeOf,
  forgeries,
  lambdaRecordOf,
  type SnsEnvelope,
  type SnsPost,
  type SnsSigner,
} from '@bouncy/sns/testing'

/** The verifier alone, addressed by what it is handed: bytes, text, or an object. */
export const target: FuzzTarget = {
  mutations: (random) => {
    const world = makeWorld(random)
    const [genuine, foreign] = [world.genuine, world.foreign].map((posts) => posts.flatMap(inEveryShape))
    const posts = { genuine: genuine ?? [], foreign: foreign ?? [], tokens: TOKENS }
    return { ...subjectOf(world), cases: (batch) => mutants(posts, batch) }
  },
  /** Each has to be refused. */
  forgeries: (random) => {
    const world = makeWorld(random)
    return { ...subjectOf(world), cases: (batch) => forged(world.genuine, batch) }
  },
  /** Genuine ones have to be accepted; of the others none may be requested. */
  'certificate-urls': certificateUrlSubject,
}

const NOW = Date.parse('2026-11-22T10:00:00.000Z')
const now = (): number => NOW
const TOPICS = [
  'arn:aws:sns:us-east-1:111122223333:orders',
  'arn:aws-cn:sns:cn-north-1:111122223333:orders.fifo',
]
const ORIGINS = ['https://sns.us-east-1.amazonaws.com/', 'https://sns.cn-north-1.amazonaws.com.cn/']

/** Who signs, what was signed and may be accepted, and what was signed and may not. */
interface SnsWorld {
  readonly signer: SnsSigner
  readonly genuine: readonly SnsPost[]
  readonly foreign: readonly SnsPost[]
}

function makeWorld(random: Random): SnsWorld {
  const key = signingKey(random)
  const signer = createSnsSigner({ now, key })
  const stranger = createSnsSigner({ now, key: signingKey(random) })
  const messageId = (): string => Buffer.from(random.bytes(16)).toString('hex')
  const notification = { topicArn: TOPICS[0] ?? '', message: 'hello', messageId: messageId() }
  const genuine = TOPICS.flatMap((topicArn) =>
    (['1', '2'] as const).flatMap((signatureVersion) => [
      ...MESSAGES.map((message, index) =>
        signer.notification({
          topicArn,
          signatureVersion,
          message,
          messageId: messageId(),
          ...(index % 3 === 0 ? {} : { subject: SUBJECTS[index % SUBJECTS.length] ?? '' }),
        }),
      ),
      signer.subscriptionConfirmation({ topicArn, signatureVersion, messageId: messageId() }),
      signer.unsubscribeConfirmation({ topicArn, signatureVersion, messageId: messageId() }),
    ]),
  )
  const foreign = [
    signer.notification({ ...notification, topicArn: 'arn:aws:sns:us-east-1:999999999999:orders' }),
    signer.notification({ ...notification, timestamp: '2026-11-22T08:44:59.999Z' }),
    signer.notification({ ...notification, timestamp: '2026-11-22T10:05:00.001Z' }),
    stranger.notification(notification),
    stranger.subscriptionConfirmation(notification),
  ]
  return { signer, genuine, foreign }
}

function subjectOf({ signer, genuine }: SnsWorld): Omit<FuzzSubject, 'cases'> {
  const { key } = signer
  const refused = createSnsSigner({ now, key, certificate: { commonName: 'sns.example' } }).certificate
  return {
    now: NOW,
    providers: ({ fetch }) => shapesOf({ topicArns: TOPICS, fetch, now }),
    mayRequest: (url) => ORIGINS.some((origin) => url.startsWith(origin)),
    // where AWS has nothing it says 404, which is answered 503; a certificate that is no good has to be answered 403
    async fetch(url) {
      const response = await signer.fetch(url)
      return response.status === 404 ? new Response(refused) : response
    },
    objection: oracle(genuine),
  }
}

/** A provider for each thing that the verifier takes. */
function shapesOf(options: SnsVerifierOptions): readonly Provider<SnsMessage>[] {
  const limits = { certificateRequestsPerMinute: Number.MAX_SAFE_INTEGER }
  return Object.entries(SHAPES).map(([name, read]) => {
    const verifier = createSnsVerifier({ ...options, limits })
    return {
      name,
      verify: async (request) => verifier.verify(read(request)),
      async handshake(message) {
        if (message.type === 'SubscriptionConfirmation') await verifier.confirm(message)
        return undefined
      },
      parse: () => ({ events: [] }),
    }
  })
}

const SHAPES: Readonly<Record<string, (request: WebhookRequest) => Uint8Array | string | object>> = {
  bytes: ({ body }) => body,
  text: ({ body }) => textOf(body),
  object: ({ body }) => objectOf(body),
}

/** Not strict: whoever hands over text has decoded it somehow. */
const textOf = (body: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(body)

/** As a Lambda function gets it, whose runtime has read the JSON. */
function objectOf(body: Uint8Array): object {
  let value: unknown
  try {
    value = JSON.parse(textOf(body))
  } catch {
    value = undefined
  }
  if (typeof value === 'object' && value !== null) return value
  throw new WebhookError('body-malformed', '[bouncy/sns] the fuzzer has no object to hand over')
}

function inEveryShape(post: SnsPost): readonly FuzzPost[] {
  const record = { ...post, body: JSON.stringify(lambdaRecordOf(post)) }
  return [...Object.keys(SHAPES).map((to) => postTo(to, post)), postTo('object', record)]
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

/** Only what was signed may be accepted; what of a message is not signed may be anything. */
function oracle(genuine: readonly SnsPost[]): FuzzSubject['objection'] {
  const signed = new Map(genuine.map((post) => [envelopeOf(post).MessageId, envelopeOf(post)]))
  return (post, payload) => {
    const fields = fieldsOf(post)
    if (fields === undefined) return 'the body has to be refused'
    const envelope = signed.get(String(fields.MessageId))
    if (envelope === undefined) return 'nobody signed it'
    const isSigned = (name: (typeof SIGNED)[number]): boolean =>
      name in envelope || (name === 'Subject' && envelope.Type === 'Notification')
    const changed = SIGNED.filter(isSigned).find(
      (name) => (fields[name] ?? null) !== (envelope[name] ?? null),
    )
    if (changed !== undefined) return `its ${changed} was not signed`
    return isDeepStrictEqual(payload, factsOf(envelope)) ? undefined : 'verify returned something else'
  }
}

/** The fields of a message by the names that SNS gives them; Lambda spells one of those that are signed otherwise. */
function fieldsOf({ to, body }: FuzzPost): Readonly<Record<string, unknown>> | undefined {
  const read: Readonly<Record<string, unknown>> | undefined =
    to === 'object' ? { ...objectOf(body) } : readObject(to === 'text' ? textOf(body) : body, FREE)
  return read && { SubscribeURL: read.SubscribeUrl, ...read }
}

const FREE = { freeForm: ['MessageAttributes'] }

function factsOf(envelope: SnsEnvelope): object {
  const { Type, Subject, Token } = envelope
  return {
    type: Type,
    message: envelope.Message,
    messageId: envelope.MessageId,
    topicArn: envelope.TopicArn,
    timestamp: envelope.Timestamp,
    signatureVersion: envelope.SignatureVersion,
    ...(Type === 'Notification' ? Subject !== undefined && { subject: Subject } : { token: Token }),
  }
}

function* forged(genuine: readonly SnsPost[], batch: Batch): Generator<FuzzCase> {
  const random = batch.random('forgeries')
  const options = { seed: random.below(2 ** 31), count: batch.size }
  for (const { name, post } of forgeries(random.of(genuine), options))
    yield { name, post: postTo('bytes', post), must: 'refuse' }
}

function certificateUrlSubject(random: Random): FuzzSubject {
  const signer = createSnsSigner({ now, key: signingKey(random) })
  const regions = [...certificateUrls({ count: 100 })].filter(({ genuine }) => genuine)
  const topicArns = regions.map(({ topicArn }) => topicArn)
  const messages = new Map(
    topicArns.map((topicArn) => [
      topicArn,
      signer.notification({ topicArn, message: '', messageId: topicArn }),
    ]),
  )
  const genuineUrls = new Set<string>()

  function* cases(batch: Batch): Generator<FuzzCase> {
    const seed = batch.random('certificate-urls').below(2 ** 31)
    for (const { topicArn, url, genuine } of certificateUrls({ seed, count: batch.size })) {
      const message = messages.get(topicArn)
      if (message === undefined) throw new TypeError(`no message for ${topicArn}`)
      if (genuine) genuineUrls.add(url)
      const body = JSON.stringify({ ...envelopeOf(message), SigningCertURL: url })
      yield { name: url, post: postTo('bytes', { ...message, body }), must: genuine ? 'accept' : 'refuse' }
    }
  }

  return {
    now: NOW,
    providers: ({ fetch }) =>
      shapesOf({
        topicArns,
        isolatedPartitions: ['aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f'],
        fetch,
        now,
      }),
    mayRequest: (url) => genuineUrls.has(url),
    fetch: async () => new Response(signer.certificate),
    cases,
    objection: oracle([...messages.values()]),
  }
}

/** Texts that a careless reader takes apart otherwise, or does not tell apart. */
const MESSAGES: readonly string[] = [
  '',
  'hello',
  'first line\nsecond line\r\n\0',
  'hello\nMessageId\nm-1\nSubject\nno\nTimestamp\n2026-11-22T10:00:00.000Z\nTopicArn\n',
  '{"eventType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"kim@example.com"}]},"mail":{"tags":{}}}',
  'half a character is lost: \ufffd',
  '\u{1f600} e\u0301 \u212a \u2028 \ufeff',
  '"quoted" \\ and {braces}',
  'x'.repeat(5_000),
]
const SUBJECTS: readonly string[] = ['Amazon SES Email Event Notification', '', '\ufffd']

const TOKENS: readonly string[] = [
  ...SIGNED,
  ...TOPICS,
  'arn:aws:sns:us-east-1:999999999999:orders',
  'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-00000000000000000000000000000000.pem',
  'https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-00000000000000000000000000000000.pem',
  '\nSubject\nhello',
  'SubscriptionConfirmation',
  'UnsubscribeConfirmation',
  'SigningCertUrl',
  'MessageAttributes',
  '2',
]
