import type { ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { WebhookReply } from '@bouncy/core'
import { declaredLength, type NodeRequest, type NodeResponse } from './http.ts'

/** The rest of a body up to this size is read and thrown away, so that the connection can be used again. */
const WORTH_KEEPING_BYTES = 64 * 1024

/** What is read and thrown away before a connection is closed: bytes and milliseconds, whichever is spent first. */
const LINGER_BYTES = 8 * 1024 * 1024
const LINGER_MS = 2_000

/**
 * Answers a request, also one whose body nobody wanted to read. The sender may still be sending it: closing at once
 * would reset the connection under the reply, and reading to the end may take for ever. So a short rest is waited
 * for, and for a long one the connection is closed a little later than the reply is sent (RFC 9112, section 9.6).
 *
 * @throws what Node throws for a status or header that cannot be sent
 */
export function sendReply(request: NodeRequest, response: NodeResponse, reply: WebhookReply): void {
  // The compatibility API of HTTP/2 has the same methods.
  const out = response as ServerResponse
  if (out.headersSent || out.writableEnded || out.destroyed) return
  const mayHaveContent = hasContent(request, reply.status)
  // nothing rather than an empty text: a head alone is one write
  const content = (mayHaveContent && reply.body) || undefined
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(reply.headers ?? {})) headers[name.toLowerCase()] = value
  if (mayHaveContent) headers['content-length'] = String(Buffer.byteLength(content ?? ''))

  if ('stream' in request) {
    out.writeHead(reply.status, headers).end(content)
    request.stream.once('finish', () => setImmediate(abandon, request.stream))
  } else if (request.complete) {
    out.writeHead(reply.status, headers).end(content)
  } else if ((declaredLength(request) ?? Infinity) <= WORTH_KEEPING_BYTES && reply.status !== 408) {
    out.writeHead(reply.status, headers).end(content)
    void discard(request).then(() => request.complete || request.destroy())
  } else {
    out.writeHead(reply.status, { ...headers, connection: 'close' })
    if (content === undefined) out.flushHeaders()
    else out.write(content)
    void discard(request).then(() => out.end())
  }
}

/** RFC 9110, sections 9.3.2, 15.3.5 and 15.4.5. */
function hasContent(request: NodeRequest, status: number): boolean {
  return request.method !== 'HEAD' && status !== 204 && status !== 304
}

/** Tells an HTTP/2 sender, after the reply, to stop sending (RFC 9113, section 8.1); other streams go on. */
function abandon(stream: ServerHttp2Stream): void {
  if (!stream.readableEnded && !stream.closed) stream.close()
}

/** Reads what is left of a body and forgets it, until it ends, breaks off, or has cost enough. */
function discard(request: NodeRequest): Promise<void> {
  return new Promise((resolve) => {
    if (request.destroyed || request.readableEnded) return resolve()
    let size = 0
    const timer = setTimeout(resolve, LINGER_MS)
    function stop(): void {
      clearTimeout(timer)
      resolve()
    }
    request.on('data', (chunk: Uint8Array) => {
      size += chunk.length
      // The sender gets no further now, and has until the time is up to read the reply.
      if (size > LINGER_BYTES) request.pause()
    })
    request.once('end', stop).once('close', stop).resume()
  })
}
