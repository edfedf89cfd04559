import { Buffer } from 'node:buffer'
import type { KeyObject } from 'node:crypto'
import { WebhookError, type WebhookRequest } from '@bouncy/core'
import { nodeCrypto, readJson } from '@bouncy/core/provider'

/** The elements of a post as SendGrid sent them, except that a number too long for a double is the text of its digits. */
export type SendgridPayload = readonly unknown[]

const MINUTE = 60_000

/**
 * Who holds the private half of one of the keys is SendGrid. It signs the timestamp header followed by the bytes of the
 * body, line ends included; they are checked as they came, and read only then.
 * Source: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
 *
 * Age only bounds how long a recorded post can be repeated, which changes nothing. SendGrid tries until 24 hours after
 * the event and does not say whether it signs anew: a narrow limit could turn an outage of ours into lost events.
 * Source: https://github.com/sendgrid/docs/blob/main/content/docs/for-developers/tracking-events/troubleshooting.md
 */
export function createVerify(
  publicKeys: readonly string[],
  toleranceMs: number = 25 * 60 * MINUTE,
  now: () => number = Date.now,
): (request: WebhookRequest) => SendgridPayload {
  const keys = publicKeys.map(readKey)
  return (request) => {
    const timestamp = request.header('x-twilio-email-event-webhook-timestamp') ?? ''
    const signature = readBase64(request.header('x-twilio-email-event-webhook-signature') ?? '')
    if (!/^\d{1,12}$/.test(timestamp) || signature === undefined)
      throw new WebhookError('signature-wrong', '[bouncy/sendgrid] not signed; switch signing on at SendGrid')
    const age = now() - Number(timestamp) * 1000
    if (age > toleranceMs)
      throw new WebhookError('too-old', '[bouncy/sendgrid] signed longer ago than toleranceMs')
    if (age < -5 * MINUTE)
      throw new WebhookError('from-the-future', '[bouncy/sendgrid] signed in the future; check this clock')
    const signed = Buffer.concat([Buffer.from(timestamp), request.body])
    // a key in an object is taken apart and made anew each time; DER is what is read without one
    if (!keys.some((key) => nodeCrypto().verify('sha256', signed, key, signature)))
      throw new WebhookError('signature-wrong', '[bouncy/sendgrid] the signature fits none of publicKeys')
    const batch = readJson(request.body)
    if (Array.isArray(batch)) return batch
    throw new WebhookError('body-malformed', '[bouncy/sendgrid] the body is not a JSON array')
  }
}

const PEM = /^-----BEGIN PUBLIC KEY-----([^-]+)-----END PUBLIC KEY-----$/

function readKey(text: string, index: number): KeyObject {
  const der = readBase64((PEM.exec(text.trim())?.[1] ?? text).replace(/\s/g, ''))
  try {
    const key = nodeCrypto().createPublicKey({ key: der ?? Buffer.of(), format: 'der', type: 'spki' })
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key
  } catch {
    // what cannot be read is refused below, in the same words
  }
  const remedy = 'give a P-256 public key in base64, as SendGrid shows it, or in PEM'
  throw new TypeError(`[bouncy/sendgrid] publicKeys.${index}: ${remedy}; is the environment variable set?`)
}

/** The bytes of padded base64, or `undefined` for any other spelling of them. */
function readBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : undefined
}
