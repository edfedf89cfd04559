import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

/** A request of `node:http`, or of the compatibility API of `node:http2`. */
export type NodeRequest = IncomingMessage | Http2ServerRequest

/** The response that belongs to a `NodeRequest`. */
export type NodeResponse = ServerResponse | Http2ServerResponse

/** How long the body is said to be, in bytes, or `undefined` where it is sent without saying so. */
export function declaredLength(request: NodeRequest): number | undefined {
  const value = request.headers['content-length']
  const length = value === undefined || value === '' ? Number.NaN : Number(value)
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined
}
