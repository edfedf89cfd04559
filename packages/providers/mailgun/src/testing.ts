/** Plays Mailgun, for tests and demonstrations. */
import { createHmac, randomBytes } from 'node:crypto'

export { type MailgunFields, type MailgunSamples, mailgunSamples } from './testing/samples.ts'

/** One request, usable as the second argument of `fetch`. */
export interface MailgunPost {
  readonly method: 'POST'
  readonly headers: Record<string, string>
  readonly body: string
}

/** What stands in a post beside the event, and proves where it comes from. */
export interface MailgunSignature {
  /** Seconds since the epoch. */
  readonly timestamp: string
  readonly token: string
  /** Hexadecimal digits. */
  readonly signature: string
  /** Of an event of a subaccount: that of the account above it. */
  readonly 'parent-signature'?: string
}

/** What `createMailgunSigner` takes. */
export interface MailgunSignerOptions {
  /** @default one of 16 random bytes */
  readonly signingKey?: string
  /** Makes it a subaccount: the signing key of the account above it. @default none */
  readonly parentKey?: string
  /** Milliseconds since the epoch; when posts are signed. @default Date.now */
  readonly now?: () => number
  /** A token that has not been used. @default 25 random bytes as hexadecimal digits */
  readonly token?: () => string
}

/** Signs as Mailgun does, with a key of its own. */
export interface MailgunSigner {
  /** The HTTP webhook signing key as Mailgun shows it. */
  readonly signingKey: string
  /** A signature of now, with a new token. */
  sign(): MailgunSignature
  /**
   * A signed post.
   * @param event what stands as `event-data`: an object, or JSON as it shall stand
   * @param signature what proves it; give one twice to play somebody who has seen a post. @default a new one
   */
  post(event: object | string, signature?: MailgunSignature): MailgunPost
  /** A signed form, as webhooks posted it before 2018 and as routes forward mail. */
  form(fields: Readonly<Record<string, string>>): MailgunPost
}

/**
 * Makes a signer whose posts a provider takes that is given its `signingKey`.
 *
 * @example
 * const signer = createMailgunSigner()
 * const provider = mailgun({ signingKeys: [signer.signingKey] })
 * await fetch(url, signer.post(mailgunSamples.permanentFail('bounce', { recipient: 'kim@example.com' })))
 */
export function createMailgunSigner(options: MailgunSignerOptions = {}): MailgunSigner {
  const { signingKey = randomBytes(16).toString('hex'), parentKey, now = Date.now } = options
  const { token: newToken = () => randomBytes(25).toString('hex') } = options

  function sign(): MailgunSignature {
    const timestamp = String(Math.floor(now() / 1000))
    const token = newToken()
    const by = (key: string): string => createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex')
    const parent = parentKey === undefined ? {} : { 'parent-signature': by(parentKey) }
    return { timestamp, token, signature: by(signingKey), ...parent }
  }

  return {
    signingKey,
    sign,
    post: (event, signature = sign()) => {
      const data = typeof event === 'string' ? event : JSON.stringify(event)
      return posted('application/json', `{"signature":${JSON.stringify(signature)},"event-data":${data}}`)
    },
    form: (fields) =>
      posted('application/x-www-form-urlencoded', String(new URLSearchParams({ ...fields, ...sign() }))),
  }
}

function posted(type: string, body: string): MailgunPost {
  return { method: 'POST', headers: { 'content-type': type, 'user-agent': 'mailgun' }, body }
}
