import { Buffer } from 'node:buffer'
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto'
import { type Envelope, signedText } from '../envelope.ts'
import { ISOLATED, PARTITIONS, type Partition } from '../partitions.ts'
import { readTopics } from '../topics.ts'
import { postOf, type SnsEnvelope, type SnsPost, SUBSCRIPTION_ID } from './post.ts'
import { type CertificateContent, makeCertificate } from './x509.ts'

/** What `createSnsSigner` takes. */
export interface SnsSignerOptions {
  /** Milliseconds since the epoch; the default time of messages, and the middle of the certificate's year. @default Date.now */
  readonly now?: () => number
  /** The size of the RSA key that is made, in bits. @default 2048 */
  readonly modulusLength?: number
  /** The `key` of another signer, to spare the time that making one takes. @default a new one */
  readonly key?: KeyObject
  /** What the certificate says instead, for messages that have to be refused. */
  readonly certificate?: Partial<CertificateContent>
}

/** What is published. */
export interface SnsNotificationContent {
  readonly topicArn: string
  readonly message: string
  readonly subject?: string
  /** @default a random UUID */
  readonly messageId?: string
  /** @default now */
  readonly timestamp?: string
  /** @default '1', as for a new topic */
  readonly signatureVersion?: '1' | '2'
}

/** What a confirmation is about. */
export interface SnsConfirmationContent extends Omit<SnsNotificationContent, 'message' | 'subject'> {
  /** @default the sentence that SNS writes */
  readonly message?: string
  /** @default hexadecimal digits made from the message id */
  readonly token?: string
}

/** Plays Amazon SNS. */
export interface SnsSigner {
  notification(content: SnsNotificationContent): SnsPost
  subscriptionConfirmation(content: SnsConfirmationContent): SnsPost
  unsubscribeConfirmation(content: SnsConfirmationContent): SnsPost
  /**
   * Plays AWS: hands out the certificate at its URL in any region, confirms subscriptions, and says 404 to other paths of SNS.
   * @throws TypeError for a host that is not of SNS
   */
  readonly fetch: typeof globalThis.fetch
  /** The URLs that `fetch` was asked for, in order, refused ones included. */
  readonly requests: readonly string[]
  /** As PEM. */
  readonly certificate: string
  /** Where messages of a topic say that the certificate is. */
  certificateUrl(topicArn: string): string
  /** The private key. */
  readonly key: KeyObject
}

const HALF_A_YEAR = 183 * 24 * 60 * 60_000

/**
 * Makes a signer with a key and a certificate of its own, whose messages a verifier takes that is given its `fetch`.
 *
 * @example
 * const signer = createSnsSigner()
 * const verifier = createSnsVerifier({ topicArns: [topicArn], fetch: signer.fetch })
 * await verifier.verify(signer.notification({ topicArn, message: 'hello' }).body)
 */
export function createSnsSigner(options: SnsSignerOptions = {}): SnsSigner {
  const { now = Date.now, modulusLength = 2048 } = options
  const key = options.key ?? generateKeyPairSync('rsa', { modulusLength }).privateKey
  const made = now()
  const certificate = makeCertificate(
    {
      commonName: 'sns.amazonaws.com',
      validFrom: new Date(made - HALF_A_YEAR),
      validTo: new Date(made + HALF_A_YEAR),
      publicKey: createPublicKey(key),
      ...options.certificate,
    },
    key,
  )
  const file = `SimpleNotificationService-${hex('sha256', certificate).slice(0, 32)}.pem`
  const requests: string[] = []

  function notification(content: SnsNotificationContent): SnsPost {
    const { topicArn, message, subject } = content
    return seal(
      {
        Type: 'Notification',
        MessageId: content.messageId ?? randomUUID(),
        TopicArn: topicArn,
        ...(subject === undefined ? {} : { Subject: subject }),
        Message: message,
        Timestamp: content.timestamp ?? new Date(now()).toISOString(),
      },
      content.signatureVersion,
      {
        UnsubscribeURL: `${originOf(topicArn)}/?Action=Unsubscribe&SubscriptionArn=${topicArn}:${SUBSCRIPTION_ID}`,
      },
    )
  }

  function confirmation(type: Envelope['type'], sentence: string, content: SnsConfirmationContent): SnsPost {
    const { topicArn, messageId = randomUUID() } = content
    const token = content.token ?? hex('sha512', messageId)
    return seal(
      {
        Type: type,
        MessageId: messageId,
        Token: token,
        TopicArn: topicArn,
        Message: content.message ?? `You have chosen to ${sentence}`,
        SubscribeURL: `${originOf(topicArn)}/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${token}`,
        Timestamp: content.timestamp ?? new Date(now()).toISOString(),
      },
      content.signatureVersion,
    )
  }

  function seal(
    signed: SignedFields,
    signatureVersion: '1' | '2' = '1',
    unsigned: { readonly UnsubscribeURL?: string } = {},
  ): SnsPost {
    const text = signedText({ type: signed.Type, signed })
    const signature = sign(signatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256', Buffer.from(text), key)
    return postOf({
      ...signed,
      SignatureVersion: signatureVersion,
      Signature: signature.toString('base64'),
      SigningCertURL: certificateUrl(signed.TopicArn),
      ...unsigned,
    })
  }

  const certificateUrl = (topicArn: string): string => `${originOf(topicArn)}/${file}`

  async function playAws(input: string | URL | Request): Promise<Response> {
    const asked = input instanceof Request ? input.url : String(input)
    requests.push(asked)
    const url = new URL(asked)
    if (!isOfSns(url)) throw new TypeError(`${url.host} is not a host of SNS`)
    if (url.pathname === `/${file}`) return new Response(certificate)
    if (url.pathname === '/' && url.searchParams.get('Action') === 'ConfirmSubscription') {
      return new Response('<ConfirmSubscriptionResponse/>', { headers: { 'content-type': 'text/xml' } })
    }
    return new Response('<ErrorResponse/>', { status: 404 })
  }

  return {
    notification,
    subscriptionConfirmation: (content) =>
      confirmation(
        'SubscriptionConfirmation',
        `subscribe to the topic ${content.topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
        content,
      ),
    unsubscribeConfirmation: (content) =>
      confirmation(
        'UnsubscribeConfirmation',
        `deactivate subscription ${content.topicArn}:${SUBSCRIPTION_ID}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`,
        content,
      ),
    fetch: playAws,
    requests,
    certificate,
    certificateUrl,
    key,
  }
}

type SignedFields = Omit<
  SnsEnvelope,
  'Type' | 'SignatureVersion' | 'Signature' | 'SigningCertURL' | 'UnsubscribeURL'
> & { readonly Type: Envelope['type'] } & Record<string, string>

const hex = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex')

/** @throws TypeError what is no topic ARN */
function originOf(topicArn: string): string {
  const [source] = readTopics({ topicArns: [topicArn], isolatedPartitions: ISOLATED }).values()
  return source?.origin ?? ''
}

function isOfSns({ protocol, host }: URL): boolean {
  const isHostOf = ({ suffix, region }: Partition): boolean =>
    host.startsWith('sns.') && host.endsWith(`.${suffix}`) && region.test(host.slice(4, -suffix.length - 1))
  return protocol === 'https:' && Object.values(PARTITIONS).some(isHostOf)
}
