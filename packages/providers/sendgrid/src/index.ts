import type { Provider } from '@bouncy/core'
import { checkOptions } from '@bouncy/core/provider'
import * as v from 'valibot'
import { parseBatch } from './parse.ts'
import { createVerify, type SendgridPayload } from './verify.ts'

export type { SendgridPayload } from './verify.ts'

/** How SendGrid's posts are told from other people's. */
export interface SendgridOptions {
  /** Verification keys as SendGrid shows them (base64) or in PEM; several, as each webhook has its own. */
  readonly publicKeys: readonly string[]
  /** `event.provider` and the last segment of the webhook's path. @default 'sendgrid' */
  readonly name?: string
  /** How long ago a post may have been signed, in milliseconds. @default 25 hours */
  readonly toleranceMs?: number
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

/**
 * Receives SendGrid's Event Webhook: arrays of events, signed with ECDSA over the bytes of the body.
 *
 * @throws TypeError no key, one that is no P-256 public key, a tolerance that is not positive, an unknown option
 * @example
 * sendgrid({ publicKeys: [process.env.SENDGRID_VERIFICATION_KEY!] })
 */
export function sendgrid(options: SendgridOptions): Provider<SendgridPayload> {
  const { publicKeys, name = 'sendgrid', toleranceMs, now } = checkOptions('bouncy/sendgrid', schema, options)
  const verify = createVerify(publicKeys, toleranceMs, now)
  return { name, verify, parse: (payload) => parseBatch(name, payload) }
}

const text = v.string('give a text; is the environment variable set?')
const keys = 'give at least one verification key, as the settings of the webhook show it'
const duration = 'give a number of milliseconds greater than 0'
const schema = v.strictObject(
  {
    publicKeys: v.pipe(v.array(text, keys), v.minLength(1, keys)),
    name: v.optional(
      v.pipe(text, v.regex(/^[a-z0-9][a-z0-9_-]*$/, 'use lower-case letters, digits, - and _')),
    ),
    toleranceMs: v.optional(v.pipe(v.number(duration), v.finite(duration), v.gtValue(0, duration))),
    now: v.optional(v.custom<() => number>((value) => typeof value === 'function', 'give a function')),
  },
  ({ expected, path }) => {
    if (expected === 'never')
      return 'there is no such option; there are publicKeys, name, toleranceMs and now'
    return path === undefined ? `publicKeys: ${keys}` : keys
  },
)
