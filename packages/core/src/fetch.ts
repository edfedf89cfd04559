import { WebhookError } from './error.ts'
import type { Bouncy } from './types.ts'
import type { UnreadRequest } from './webhook.ts'

/** What bodies may cost a fetch runtime. */
export interface BodyLimits {
  /** Milliseconds. */
  readonly bodyTimeoutMs: number
  /** Bytes of all bodies that are being read. */
  readonly maxBufferedBytes: number
}

/** Answers fetch `Request`s: the last segment of the path names the provider. */
export function createFetch(receive: Bouncy['receive'], limits: BodyLimits): Bouncy['fetch'] {
  const budget = { left: limits.maxBufferedBytes }

  return async (request) => {
    const { pathname, search } = new URL(request.url)
    const unread: UnreadRequest = {
      method: request.method,
      url: pathname + search,
      header: (name) => request.headers.get(name) ?? undefined,
      read: (maxBytes) => readBody(request, maxBytes, limits.bodyTimeoutMs, budget),
    }
    const { status, headers, body } = await receive(lastSegment(pathname), unread)
    try {
      return new Response(status === 204 ? null : (body ?? null), { status, headers: { ...headers } })
    } catch {
      // a provider's handshake with a status or header that HTTP does not have
      return new Response(null, { status: 503, headers: { 'retry-after': '20' } })
    }
  }
}

/** The provider's name in a path: its last segment, a trailing slash aside. */
function lastSegment(pathname: string): string {
  const bare = pathname.endsWith('/') ? pathname.slice(0, -1) : pathname
  return bare.slice(bare.lastIndexOf('/') + 1)
}

async function readBody(
  request: Request,
  maxBytes: number,
  timeoutMs: number,
  budget: { left: number },
): Promise<Uint8Array> {
  if (request.bodyUsed) {
    throw new WebhookError(
      'body-already-read',
      '[bouncy/core] hand the Request over before anything reads its body',
    )
  }
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  if (request.body === null) return new Uint8Array()
  const reader = request.body.getReader()
  let late = false
  const deadline = setTimeout(() => {
    late = true
    void reader.cancel().catch(() => {})
  }, timeoutMs)
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.byteLength
      budget.left -= value.byteLength
      if (size > maxBytes) throw tooLarge(maxBytes)
      if (budget.left < 0) {
        throw new WebhookError('overloaded', '[bouncy/core] the bodies under way fill maxBufferedBytes')
      }
      chunks.push(value)
    }
  } catch (cause) {
    void reader.cancel().catch(() => {})
    if (cause instanceof WebhookError) throw cause
    throw new WebhookError('request-aborted', '[bouncy/core] the body broke off', { cause })
  } finally {
    clearTimeout(deadline)
    budget.left += size
  }
  if (late) throw new WebhookError('body-too-slow', `[bouncy/core] the body took longer than ${timeoutMs} ms`)
  return join(chunks, size)
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}

const tooLarge = (maxBytes: number): WebhookError =>
  new WebhookError('body-too-large', `[bouncy/core] more than ${maxBytes} bytes`)
