import type { Provider } from '@bouncy/core'
import { checkOptions, LEAST_MEMORY_MS } from '@bouncy/core/provider'
import * as z from 'zod/mini'
import { parsePost } from './parse.ts'
import { createVerify, type ResendPayload } from './verify.ts'

export type { ResendPayload } from './verify.ts'

/** How Resend's posts are told from other people's. */
export interface ResendOptions {
  /** Signing secrets as Resend shows them, `whsec_…`; several while one is rotated, as each webhook has its own. */
  readonly secrets: readonly string[]
  /** `event.provider` and the last segment of the webhook's path. @default 'resend' */
  readonly name?: string
  /** How far the signed time may be from now, either way, in milliseconds; at most 30 days. @default 5 minutes */
  readonly toleranceMs?: number
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

/**
 * Receives the webhooks of Resend: one JSON object a request, signed by Svix.
 *
 * @throws TypeError no secret, one that is not `whsec_…`, a tolerance that is not positive, an unknown option
 * @example
 * resend({ secrets: [process.env.RESEND_WEBHOOK_SECRET!] })
 */
export function resend(options: ResendOptions): Provider<ResendPayload> {
  const { secrets, name = 'resend', toleranceMs, now } = checkOptions('bouncy/resend', schema, options)
  const verify = createVerify(secrets, toleranceMs, now)
  return { name, verify, parse: (payload) => parsePost(name, payload) }
}

const text = z.string('give a text; is the environment variable set?')
const secrets = 'give at least one signing secret, whsec_…, as the page of the webhook shows it'
const duration = 'give a number of milliseconds greater than 0, and no more than 30 days'
const schema = z.strictObject(
  {
    secrets: z.array(text, secrets).check(z.minLength(1, secrets)),
    name: z.optional(text.check(z.regex(/^[a-z0-9][a-z0-9_-]*$/, 'use lower-case letters, digits, - and _'))),
    toleranceMs: z.optional(
      z.number(duration).check(z.positive(duration), z.maximum(LEAST_MEMORY_MS, duration)),
    ),
    now: z.optional(z.custom<() => number>((value) => typeof value === 'function', 'give a function')),
  },
  'options: there are secrets, name, toleranceMs and now, and no others',
)
