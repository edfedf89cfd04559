import type { Provider } from '@bouncy/core'
import { type BasicCredentials, checkOptions } from '@bouncy/core/provider'
import * as z from 'zod/mini'
import { parsePost } from './parse.ts'
import { createVerify, type PostmarkPayload } from './verify.ts'

export type { PostmarkPayload } from './verify.ts'

/** How Postmark's posts are told from other people's. */
export interface PostmarkOptions {
  /** What the webhook's URL carries as userinfo; several while one is being replaced. */
  readonly credentials: readonly BasicCredentials[]
  /** `event.provider` and the last segment of the webhook's path. @default 'postmark' */
  readonly name?: string
  /**
   * A second factor: addresses and CIDR ranges, compared with the peer of the connection and never with a header. Only
   * where Postmark reaches the server without a proxy in between. @default any address
   * Source: https://postmarkapp.com/support/article/800-ips-for-firewalls
   */
  readonly allowedIps?: readonly string[]
}

/**
 * Receives the webhooks of Postmark: one JSON object a request, not signed, with Basic credentials.
 *
 * @throws TypeError no credentials, an empty one, what is neither address nor range, an unknown option
 * @example
 * postmark({ credentials: [{ username: 'hook', password: process.env.POSTMARK_HOOK! }] })
 */
export function postmark(options: PostmarkOptions): Provider<PostmarkPayload> {
  const { name = 'postmark', ...factors } = checkOptions('bouncy/postmark', schema, options)
  return { name, verify: createVerify(factors), parse: (payload) => parsePost(name, payload) }
}

const text = z.string('give a text; is the environment variable set?')
const pairs = 'give at least one { username, password }'
const ips = 'give at least one address or range, or leave the option out'
const schema = z.strictObject(
  {
    credentials: z.array(z.object({ username: text, password: text }, pairs), pairs),
    name: z.optional(text.check(z.regex(/^[a-z0-9][a-z0-9_-]*$/, 'use lower-case letters, digits, - and _'))),
    allowedIps: z.optional(z.array(text, ips).check(z.minLength(1, ips))),
  },
  'options: there are credentials, name and allowedIps, and no others',
)
