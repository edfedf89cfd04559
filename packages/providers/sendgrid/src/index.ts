import type { Provider } from '@bouncy/core'
import { checkOptions, LEAST_MEMORY_MS } from '@bouncy/core/provider'
import * as z from 'zod/mini'
import { parseBatch } from './parse.ts'
import { createVerify, type SendgridPayload } from './verify.ts'

export type { SendgridPayload } from './verify.ts'

/** How SendGrid's posts are told from other people's. */
export interface SendgridOptions {
  /** Verification keys as SendGrid shows them (base64) or in PEM; several, as each webhook has its own. */
  readonly publicKeys: readonly string[]
  /** `event.provider` and the last segment of the webhook's path. @default 'sendgrid' */
  readonly name?: string
  /** How long ago a post may have been signed, in milliseconds; at most 30 days. @default 25 hours */
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

const text = z.string('give a text; is the environment variable set?')
const keys = 'give at least one verification key, as the settings of the webhook show it'
const duration = 'give a number of milliseconds greater than 0, and no more than 30 days'
const schema = z.strictObject(
  {
    publicKeys: z.array(text, keys).check(z.minLength(1, keys)),
    name: z.optional(text.check(z.regex(/^[a-z0-9][a-z0-9_-]*$/, 'use lower-case letters, digits, - and _'))),
    toleranceMs: z.optional(
      z.number(duration).check(z.positive(duration), z.maximum(LEAST_MEMORY_MS, duration)),
    ),
    now: z.optional(z.custom<() => number>((value) => typeof value === 'function', 'give a function')),
  },
  'options: there are publicKeys, name, toleranceMs and now, and no others',
)
