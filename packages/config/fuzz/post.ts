import { isUtf8 } from 'node:buffer'
import type { WebhookRequest } from '@bouncy/core'
import type { FuzzPost } from './target.ts'

/** The second argument of `fetch`, as the signers of `testing.ts` make it. */
interface Signed {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A signed post as it arrives at the provider named `to`. */
export function postTo(to: string, { method, headers, body }: Signed, remoteAddress = '192.0.2.7'): FuzzPost {
  return {
    to,
    method,
    url: `/webhooks/${to}`,
    headers: Object.entries(headers),
    body: Buffer.from(body),
    remoteAddress,
  }
}

/** A header's value; several are joined as HTTP joins them (RFC 9110). */
export function headerOf({ headers }: FuzzPost, name: string): string | undefined {
  const values = headers.filter(([other]) => other.toLowerCase() === name.toLowerCase())
  return values.length === 0 ? undefined : values.map(([, value]) => value).join(', ')
}

/** The request that a binding makes of a post. */
export function requestOf(post: FuzzPost): WebhookRequest {
  const { method, url, body, remoteAddress } = post
  return { method, url, body, remoteAddress, header: (name) => headerOf(post, name) }
}

/** A post for whoever looks into a finding; what is no UTF-8 as hexadecimal digits. */
export function showPost({ to, method, url, headers, body, remoteAddress }: FuzzPost): string {
  const text = isUtf8(body) ? JSON.stringify(Buffer.from(body).toString()) : Buffer.from(body).toString('hex')
  return [
    `to ${to} from ${remoteAddress}, ${body.byteLength} bytes`,
    `${method} ${JSON.stringify(url)}`,
    ...headers.map(([name, value]) => `${name}: ${JSON.stringify(value.slice(0, 400))}`),
    text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)} …` : text,
  ].join('\n')
}

const MOST_SHOWN = 5_000
