/** Plays SendGrid, for tests and demonstrations. */
import { Buffer } from 'node:buffer'
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

export {
  type SendgridElement,
  type SendgridFields,
  type SendgridSamples,
  sendgridSamples,
} from './testing/samples.ts'

/** One request, usable as the second argument of `fetch`. */
export interface SendgridPost {
  readonly method: 'POST'
  readonly headers: Record<string, string>
  readonly body: string
}

/** What `createSendgridSigner` takes. */
export interface SendgridSignerOptions {
  /** Milliseconds since the epoch; when posts are signed. @default Date.now */
  readonly now?: () => number
  /** A private key of P-256. @default a new one */
  readonly key?: KeyObject
}

/** Signs as SendGrid does, with a key of its own. */
export interface SendgridSigner {
  /** The verification key as SendGrid shows it: base64, without PEM. */
  readonly publicKey: string
  /**
   * A signed post.
   * @param body elements, which are written as SendGrid writes them, or the text as it shall stand
   */
  post(body: readonly unknown[] | string): SendgridPost
}

/**
 * Makes a signer whose posts a provider takes that is given its `publicKey`.
 *
 * @example
 * const signer = createSendgridSigner()
 * const provider = sendgrid({ publicKeys: [signer.publicKey] })
 * await fetch(url, signer.post([sendgridSamples.bounce({ email: 'kim@example.com' })]))
 */
export function createSendgridSigner(options: SendgridSignerOptions = {}): SendgridSigner {
  const { now = Date.now } = options
  const key = options.key ?? generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
  return {
    publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64'),
    post(elements) {
      const timestamp = String(Math.floor(now() / 1000))
      const body = typeof elements === 'string' ? elements : write(elements)
      return {
        method: 'POST',
        headers: {
          'content-type': 'application/json;charset=utf-8',
          'user-agent': 'SendGrid Event API',
          'x-twilio-email-event-webhook-signature': sign(
            'sha256',
            Buffer.from(timestamp + body),
            key,
          ).toString('base64'),
          'x-twilio-email-event-webhook-timestamp': timestamp,
        },
        body,
      }
    },
  }
}

/** An element a line, CRLF between them and at the end. */
function write(elements: readonly unknown[]): string {
  return `[${elements.map((element) => JSON.stringify(element)).join(',\r\n')}]\r\n`
}
