/** Plays Resend, for tests and demonstrations. */
import { Buffer } from 'node:buffer'
import { createHash, createHmac, randomBytes } from 'node:crypto'

export { type ResendBody, type ResendFields, type ResendSamples, resendSamples } from './testing/samples.ts'

/** One request, usable as the second argument of `fetch`. */
export interface ResendPost {
  readonly method: 'POST'
  readonly headers: Record<string, string>
  readonly body: string
}

/** What `createResendSigner` takes. */
export interface ResendSignerOptions {
  /** `whsec_…`, whose signatures stand in one header while a secret is rotated. @default one of 24 random bytes */
  readonly secrets?: readonly string[]
  /** Milliseconds since the epoch; when posts are signed. @default Date.now */
  readonly now?: () => number
}

/** Signs as Svix does for Resend. */
export interface ResendSigner {
  /** The signing secrets as Resend shows them. */
  readonly secrets: readonly string[]
  /**
   * A signed post.
   * @param body an object, or the text as it shall stand
   * @param id what is the same at every attempt. @default made from the body
   */
  post(body: object | string, id?: string): ResendPost
}

/**
 * Makes a signer whose posts a provider takes that is given its `secrets`.
 *
 * @example
 * const signer = createResendSigner()
 * const provider = resend({ secrets: signer.secrets })
 * await fetch(url, signer.post(resendSamples.bounced('Permanent/General', { to: ['kim@example.com'] })))
 */
export function createResendSigner(options: ResendSignerOptions = {}): ResendSigner {
  const { secrets = [`whsec_${randomBytes(24).toString('base64')}`], now = Date.now } = options
  return {
    secrets,
    post(content, id) {
      const body = typeof content === 'string' ? content : JSON.stringify(content)
      const message = id ?? `msg_${createHash('sha256').update(body).digest('hex').slice(0, 27)}`
      const timestamp = String(Math.floor(now() / 1000))
      const signed = `${message}.${timestamp}.${body}`
      return {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Svix-Webhooks/1.0',
          'svix-id': message,
          'svix-timestamp': timestamp,
          'svix-signature': secrets.map((secret) => `v1,${signatureOf(signed, secret)}`).join(' '),
        },
        body,
      }
    },
  }
}

function signatureOf(signed: string, secret: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return createHmac('sha256', key).update(signed).digest('base64')
}
