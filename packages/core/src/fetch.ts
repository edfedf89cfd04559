import { createBudget } from './budget.ts'
import { providerOf } from './provider-of.ts'
import { alreadyRead, type BodyTerms, readStream } from './read-stream.ts'
import type { Bouncy, FetchOptions } from './types.ts'
import type { UnreadRequest, WebhookReply } from './webhook.ts'

/** What bodies may cost a fetch runtime. */
export interface BodyLimits {
  /** Milliseconds. */
  readonly bodyTimeoutMs: number
  /** Bytes of all bodies that are held. */
  readonly maxBufferedBytes: number
}

/** Statuses of which a `Response` must have no body. */
const BODILESS: readonly number[] = [204, 205, 304]

/**
 * Answers fetch `Request`s: the last segment of the path names the provider. Many of these runtimes stop when the
 * response is there.
 */
export function createFetch(receive: Bouncy['receive'], limits: BodyLimits): Bouncy['fetch'] {
  const budget = createBudget(limits.maxBufferedBytes)

  return async (request, options = {}) => {
    const lease = budget.lease()
    try {
      const unread = toUnreadRequest(request, options, { timeoutMs: limits.bodyTimeoutMs, lease })
      return toResponse(await receive(providerOf(unread.url), unread, { untilSettled: true }))
    } finally {
      // Only now: the body is in memory for as long as it is being decided on.
      lease.release()
    }
  }
}

function toUnreadRequest(request: Request, options: FetchOptions, terms: BodyTerms): UnreadRequest {
  const { pathname, search } = new URL(request.url)
  const kept = options.rawBody === undefined ? undefined : Promise.resolve(options.rawBody)
  kept?.catch(ignore) // It may be that nobody asks for it.
  return {
    method: request.method,
    url: pathname + search,
    header: (name) => request.headers.get(name) ?? undefined,
    read: (maxBytes) =>
      kept === undefined
        ? readStream(request, maxBytes, terms)
        : kept.catch((cause) => Promise.reject(alreadyRead(cause))),
    // Asked for while the request is decided on: a getter that throws is answered 503, and the log says why.
    get remoteAddress() {
      return options.remoteAddress as string
    },
  }
}

function toResponse({ status, headers, body }: WebhookReply): Response {
  try {
    const content = BODILESS.includes(status) ? null : (body ?? null)
    return new Response(content, { status, headers: { ...headers } })
  } catch {
    // A provider's handshake with a status or header that HTTP does not have.
    return new Response(null, { status: 503, headers: { 'retry-after': '20' } })
  }
}

function ignore(): void {}
