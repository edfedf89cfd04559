import { Buffer } from 'node:buffer'
import { isWebhookError, WebhookError, type WebhookErrorCode } from '@bouncy/core'
import { readJson, readTime } from '@bouncy/core/provider'
import { certificateUrl } from './certificate-url.ts'
import { type Certificates, createCertificates } from './certificates.ts'
import { confirmSubscription } from './confirm.ts'
import { warnOfEmulator } from './emulator.ts'
import { type Envelope, readEnvelope, signedText } from './envelope.ts'
import type { SnsMessage } from './message.ts'
import { readOptions, type Settings, type SnsVerifierOptions } from './options.ts'
import { checkSignature, decodeSignature } from './signature.ts'
import { readTopics } from './topics.ts'

/** Proves that messages are of Amazon SNS and of topics that are wanted. */
export interface SnsVerifier {
  /**
   * Checks a message: the body of an HTTP request (bytes or text, as received), the body of an SQS message, or the
   * `Sns` object of a Lambda record.
   *
   * @throws WebhookError with a `code` for the log and an HTTP `status` for the reply: 4xx for what is not wanted, 503
   * where it could not be decided and SNS should send again
   */
  verify(message: Uint8Array | string | object): Promise<SnsMessage>
  /**
   * Confirms the subscription that a verified `SubscriptionConfirmation` asks about. Confirming twice does no harm.
   *
   * @throws WebhookError `topic-not-listed`, `confirmation-failed`
   * @throws TypeError a message of another type
   */
  confirm(message: SnsMessage): Promise<void>
  /** What became of the messages so far, for metrics and alarms. */
  stats(): SnsStats
}

/** Counts since the verifier was made. */
export interface SnsStats {
  readonly accepted: number
  /** By the `code` of the error. */
  readonly refused: Readonly<Partial<Record<WebhookErrorCode, number>>>
}

/**
 * Makes a verifier; keep it, since it holds the certificates.
 *
 * @throws TypeError naming the option and the remedy
 * @example
 * const sns = createSnsVerifier({ topicArns: ['arn:aws:sns:us-east-1:111122223333:orders'] })
 * const message = await sns.verify(body)
 * if (message.type === 'SubscriptionConfirmation') await sns.confirm(message)
 */
export function createSnsVerifier(options: SnsVerifierOptions): SnsVerifier {
  const settings = readOptions(options)
  return assemble(settings, createCertificates(settings))
}

/**
 * Checks one message, for those who do not want to keep a verifier. Calls with the same options object share one, so
 * changing that object later changes nothing. Calls with options that only say what is accepted (`topicArns`,
 * `requireSignatureV2`, `maxAgeMs`, `isolatedPartitions`) share their certificates even when each has an object of its own.
 *
 * @throws WebhookError like `SnsVerifier.verify`
 * @throws TypeError naming the option and the remedy
 */
export async function verifySnsMessage(
  message: Uint8Array | string | object,
  options: SnsVerifierOptions,
): Promise<SnsMessage> {
  let verifier = verifiers.get(options)
  if (verifier === undefined) {
    const settings = readOptions(options)
    verifier = assemble(
      settings,
      hasOwnParts(options) ? createCertificates(settings) : shareCertificates(settings),
    )
    verifiers.set(options, verifier)
  }
  return verifier.verify(message)
}

const verifiers = new WeakMap<SnsVerifierOptions, SnsVerifier>()
let sharedCertificates: Certificates | undefined

function shareCertificates(settings: Settings): Certificates {
  sharedCertificates ??= createCertificates(settings)
  return sharedCertificates
}

const hasOwnParts = ({ certificateCache, emulator, limits, fetch, now }: SnsVerifierOptions): boolean =>
  [certificateCache, emulator, limits, fetch, now].some((part) => part !== undefined)

function assemble(settings: Settings, certificates: Certificates): SnsVerifier {
  const { fetch, limits, requireSignatureV2 = false } = settings
  const topics = readTopics(settings)
  if (settings.emulator !== undefined) warnOfEmulator(settings.emulator)
  const refused = new Map<WebhookErrorCode, number>()
  let accepted = 0

  /** The checks, cheapest first; nothing is requested before the topic, the age and the URL are found good. */
  async function prove(message: Uint8Array | string | object): Promise<SnsMessage> {
    const envelope = readEnvelope(open(message))
    // first of all, since what strangers send is of topics that are not listed
    const source = topics.get(envelope.signed.TopicArn ?? '')
    if (source === undefined)
      throw new WebhookError('topic-not-listed', '[bouncy/sns] add the topic to topicArns if it is yours')
    const signed = Buffer.from(signedText(envelope))
    checkSize(signed.byteLength)
    if (requireSignatureV2 && envelope.signatureVersion !== '2') {
      throw new WebhookError(
        'signature-version-refused',
        "[bouncy/sns] requireSignatureV2 is set; set the topic's SignatureVersion to 2 too",
      )
    }
    const signature = decodeSignature(envelope.signature)
    const facts = factsOf(envelope)
    checkAge(facts.timestamp)
    const url = certificateUrl(source.certificateFolder, envelope.signingCertUrl)
    const held = certificates.keyOf(url, source.signerNames)
    const key = held instanceof Promise ? await held : held
    checkSignature(signed, envelope.signatureVersion, signature, key)
    return facts
  }

  function open(message: unknown): unknown {
    if (typeof message === 'string') checkSize(Buffer.byteLength(message))
    else if (ArrayBuffer.isView(message)) checkSize(message.byteLength)
    else return message
    const source =
      typeof message === 'string'
        ? message
        : new Uint8Array(message.buffer, message.byteOffset, message.byteLength)
    return readJson(source, { maxDepth: limits.maxDepth, freeForm: ['MessageAttributes'] })
  }

  function checkSize(bytes: number): void {
    if (bytes > limits.maxBytes)
      throw new WebhookError('body-too-large', `[bouncy/sns] more than ${limits.maxBytes} bytes`)
  }

  function checkAge(timestamp: string): void {
    const time = readTime(timestamp)
    if (time === undefined) throw new WebhookError('body-malformed', '[bouncy/sns] Timestamp is no time')
    const age = settings.now() - Date.parse(time)
    if (age > settings.maxAgeMs) {
      throw new WebhookError(
        'too-old',
        '[bouncy/sns] the message is older than maxAgeMs; from SQS, set it to Infinity',
      )
    }
    if (age < -limits.maxAheadMs)
      throw new WebhookError(
        'from-the-future',
        '[bouncy/sns] the message is ahead of our clock; is it right?',
      )
  }

  return {
    async verify(message) {
      try {
        const facts = await prove(message)
        accepted += 1
        return facts
      } catch (error) {
        const code = isWebhookError(error) ? error.code : 'internal'
        refused.set(code, (refused.get(code) ?? 0) + 1)
        throw error
      }
    },
    confirm: (message) => confirmSubscription(message, topics, { fetch, timeoutMs: limits.requestTimeoutMs }),
    stats: () => ({ accepted, refused: Object.fromEntries(refused) }),
  }
}

function factsOf({ type, signed, signatureVersion }: Envelope): SnsMessage {
  const { Message = '', MessageId = '', Subject, Timestamp = '', Token = '', TopicArn = '' } = signed
  const facts = {
    message: Message,
    messageId: MessageId,
    topicArn: TopicArn,
    timestamp: Timestamp,
    signatureVersion,
  }
  if (type !== 'Notification') return { type, ...facts, token: Token }
  return { type, ...facts, ...(Subject === undefined ? {} : { subject: Subject }) }
}
