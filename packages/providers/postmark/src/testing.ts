/** Posts as Postmark makes them, for tests and demonstrations. */
import { Buffer } from 'node:buffer'
import type { BasicCredentials } from '@bouncy/core/provider'
import {
  BOUNCE,
  BOUNCE_OF_2010,
  CHANGE,
  CLICK,
  COMPLAINT,
  DELIVERY,
  INBOUND,
  OPEN,
  typeFields,
} from './testing/samples.ts'

/** One request, usable as the second argument of `fetch`. */
export interface PostmarkPost {
  readonly method: 'POST'
  readonly headers: Record<string, string>
  readonly body: string
}

/** Fields that take the place of the sample's; one that is `undefined` is left out. */
export type PostmarkFields = Readonly<Record<string, unknown>>

/** The posts that can be made. */
export interface PostmarkPosts {
  /** @param type a `Type` of the Bounce API, or one of tomorrow. @default 'HardBounce' */
  bounce(type?: string, fields?: PostmarkFields): PostmarkPost
  spamComplaint(fields?: PostmarkFields): PostmarkPost
  delivery(fields?: PostmarkFields): PostmarkPost
  open(fields?: PostmarkFields): PostmarkPost
  click(fields?: PostmarkFields): PostmarkPost
  /** An unsubscribe by the reader; `{ SuppressSending: false, SuppressionReason: null }` makes it a reactivation. */
  subscriptionChange(fields?: PostmarkFields): PostmarkPost
  /** A bounce as it was posted in 2010, without RecordType and stream. */
  bounceOf2010(fields?: PostmarkFields): PostmarkPost
  /** A message that somebody sent to the account's inbound address. */
  inbound(fields?: PostmarkFields): PostmarkPost
  /** Any other body: an object, or the text as it shall stand. */
  of(body: object | string): PostmarkPost
}

/**
 * Makes posts as Postmark does.
 *
 * @param credentials what the webhook's URL carries as userinfo. @default none, so that the posts are refused
 * @example
 * await fetch(url, postmarkPosts({ username: 'hook', password }).bounce('SoftBounce', { Email: 'kim@example.com' }))
 */
export function postmarkPosts(credentials?: BasicCredentials): PostmarkPosts {
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Postmark',
    ...(credentials === undefined ? {} : { authorization: basic(credentials) }),
  }
  const of = (body: object | string): PostmarkPost => ({
    method: 'POST',
    headers: { ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return {
    bounce: (type = 'HardBounce', fields = {}) => of({ ...BOUNCE, ...typeFields(type), ...fields }),
    spamComplaint: (fields = {}) => of({ ...BOUNCE, ...COMPLAINT, ...fields }),
    delivery: (fields = {}) => of({ ...DELIVERY, ...fields }),
    open: (fields = {}) => of({ ...OPEN, ...fields }),
    click: (fields = {}) => of({ ...CLICK, ...fields }),
    subscriptionChange: (fields = {}) => of({ ...CHANGE, ...fields }),
    bounceOf2010: (fields = {}) => of({ ...BOUNCE_OF_2010, ...fields }),
    inbound: (fields = {}) => of({ ...INBOUND, ...fields }),
    of,
  }
}

function basic({ username, password }: BasicCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
}
