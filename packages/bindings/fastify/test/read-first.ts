import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'

/**
 * A hook as `@fastify/middie` makes it of a body parser for Connect: the one way to read a body before the webhooks do,
 * since the parsers of Fastify come later.
 */
export function readFirst(
  prefix: string,
  keep: boolean,
): (request: { readonly raw: IncomingMessage }) => Promise<void> {
  return async ({ raw }) => {
    if (!raw.url?.startsWith(prefix) || raw.headers['content-type'] !== 'application/json') return
    const rawBody = await buffer(raw)
    Object.assign(raw, { body: JSON.parse(rawBody.toString()) }, keep ? { rawBody } : {})
  }
}
