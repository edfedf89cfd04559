import type { Provider } from '@bouncy/core'
import { checkOptions, LEAST_MEMORY_MS } from '@bouncy/core/provider'
import * as z from 'zod/mini'
import { parsePost } from './parse.ts'
import { createVerify, type MailgunPayload } from './verify.ts'

export type { MailgunPayload } from './verify.ts'

/** How Mailgun's posts are told from other people's. */
export interface MailgunOptions {
  /** HTTP webhook signing keys, which are no API keys; several while one is replaced. A parent account's is enough. */
  readonly signingKeys: readonly string[]
  /** `event.provider` and the last segment of the webhook's path. @default 'mailgun' */
  readonly name?: string
  /** How long ago a post may have been signed, in milliseconds; at most the 30 days of a store's memory. @default 12 hours */
  readonly toleranceMs?: number
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

/**
 * Receives the webhooks of Mailgun: one JSON object a request, in which an HMAC proves who sent it, but not what it says.
 *
 * @throws TypeError no key, one that is empty or holds blanks, a tolerance out of range, an unknown option
 * @example
 * mailgun({ signingKeys: [process.env.MAILGUN_WEBHOOK_SIGNING_KEY!] })
 */
export function mailgun(options: MailgunOptions): Provider<MailgunPayload> {
  const { signingKeys, name = 'mailgun', toleranceMs, now } = checkOptions('bouncy/mailgun', schema, options)
  const verify = createVerify(signingKeys, toleranceMs, now)
  return { name, readsForms: true, verify, parse: (payload) => parsePost(name, payload) }
}

const text = (remedy: string, form: RegExp) => z.string(remedy).check(z.regex(form, remedy))
const key = text('give a key without blanks; is the environment variable set?', /^(?!(undefined|null)$)\S+$/)
const keys = 'give at least one HTTP webhook signing key, as Mailgun shows it'
const duration = 'give a number of milliseconds greater than 0, and no more than 30 days'
const schema = z.strictObject(
  {
    signingKeys: z.array(key, keys).check(z.minLength(1, keys)),
    name: z.optional(text('use lower-case letters, digits, - and _', /^[a-z0-9][a-z0-9_-]*$/)),
    toleranceMs: z.optional(
      z.number(duration).check(z.positive(duration), z.maximum(LEAST_MEMORY_MS, duration)),
    ),
    now: z.optional(z.custom<() => number>((value) => typeof value === 'function', 'give a function')),
  },
  'options: there are signingKeys, name, toleranceMs and now, and no others',
)
