import { WebhookError } from '@bouncy/core'

/** What of a message is read: the signed fields, and the three unsigned ones that say how to prove them. */
export interface Envelope {
  readonly type: keyof typeof SIGNED_FIELDS
  /** The signed fields that are there, under the names SNS gives them. */
  readonly signed: Readonly<Record<string, string>>
  readonly signature: string
  readonly signatureVersion: '1' | '2'
  readonly signingCertUrl: string
}

/**
 * The fields that a signature covers, in the order in which they are signed.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
 */
const SIGNED_FIELDS = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: [
    'Message',
    'MessageId',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const

/** SNS writes `…URL`, Lambda `…Url`. */
const LAMBDA_SPELLING: Readonly<Record<string, string>> = {
  SigningCertURL: 'SigningCertUrl',
  SubscribeURL: 'SubscribeUrl',
  UnsubscribeURL: 'UnsubscribeUrl',
}

const SPELLINGS = Object.entries(LAMBDA_SPELLING)

const CONTROL = /\p{Cc}/u

/**
 * Takes a message apart. Every field that is read is a string of whole characters, and only `Message` may hold
 * control characters: fields are signed as lines, so a line break in another one would let the same signed text be cut
 * into other fields; and since text is signed as UTF-8, where all lone surrogates are one, those would be exchangeable.
 *
 * @throws WebhookError `body-malformed`, `signature-version-refused`
 */
export function readEnvelope(source: unknown): Envelope {
  if (typeof source !== 'object' || source === null) throw malformed('it is no JSON object')
  checkSpellings(source)
  const type = readField(source, 'Type')
  if (!isType(type)) throw malformed('Type is none of the three that SNS sends')
  const signed: Record<string, string> = {}
  for (const name of SIGNED_FIELDS[type]) {
    // without a subject SNS leaves it out, and Lambda says null
    if (name === 'Subject' && (fieldOf(source, name) ?? null) === null) continue
    signed[name] = readField(source, name)
  }
  const signatureVersion = readField(source, 'SignatureVersion')
  if (signatureVersion !== '1' && signatureVersion !== '2') {
    throw new WebhookError('signature-version-refused', '[bouncy/sns] SignatureVersion is neither 1 nor 2')
  }
  return {
    type,
    signed,
    signatureVersion,
    signature: readField(source, 'Signature'),
    signingCertUrl: readField(source, 'SigningCertURL'),
  }
}

/** The text that was signed: a line with each field's name, then its value, in the order of the fields. */
export function signedText({ type, signed }: Pick<Envelope, 'type' | 'signed'>): string {
  let text = ''
  for (const name of SIGNED_FIELDS[type]) {
    const value = signed[name]
    if (value !== undefined) text += `${name}\n${value}\n`
  }
  return text
}

function checkSpellings(source: object): void {
  for (const [name, other] of SPELLINGS) {
    if (
      Object.hasOwn(source, name) &&
      Object.hasOwn(source, other) &&
      own(source, name) !== own(source, other)
    )
      throw malformed(`${name} and ${other} differ`)
  }
}

function readField(source: object, name: string): string {
  const value = fieldOf(source, name)
  if (value === undefined) {
    throw malformed(
      `${name} is missing (pass the body of an HTTP request or SQS message, or a Lambda record's Sns)`,
    )
  }
  if (typeof value !== 'string') throw malformed(`${name} is no string`)
  if (!value.isWellFormed()) throw malformed(`${name} holds half a character`)
  if (name !== 'Message' && CONTROL.test(value)) throw malformed(`${name} holds a control character`)
  return value
}

const fieldOf = (source: object, name: string): unknown =>
  own(source, name) ?? own(source, LAMBDA_SPELLING[name] ?? name)

/** Own properties only: nothing is taken from a polluted prototype. */
const own = (source: object, name: string): unknown =>
  Object.hasOwn(source, name) ? (source as Record<string, unknown>)[name] : undefined

const isType = (type: string): type is Envelope['type'] => Object.hasOwn(SIGNED_FIELDS, type)

function malformed(what: string): WebhookError {
  return new WebhookError('body-malformed', `[bouncy/sns] this is no message of SNS: ${what}`)
}
