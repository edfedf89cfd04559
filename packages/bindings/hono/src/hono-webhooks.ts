import type { Bouncy, UnreadRequest, WebhookReply } from '@bouncy/core'
import type { Context, HonoRequest } from 'hono'
import { createBudget } from './budget.ts'
import { checkHonoOptions, type HonoWebhooksOptions, OWNER } from './options.ts'
import { alreadyRead, type BodyTerms, readBody } from './read-body.ts'

/** A handler for `app.all` of Hono 4. */
export type HonoWebhooks = (c: Context) => Promise<Response>

/** Statuses of which a `Response` must have no body. */
const BODILESS: readonly number[] = [204, 205, 304]

/**
 * Bouncy as a Hono handler, on every runtime of Hono: routed at `/webhooks/*`, `POST /webhooks/ses` goes to the
 * provider named `ses`. Route it before a middleware that reads bodies, or have that call `c.req.arrayBuffer()` first.
 *
 * @throws TypeError an option that cannot be used
 * @example
 * app.all('/webhooks/*', honoWebhooks(bouncy))
 */
export function honoWebhooks(bouncy: Bouncy, options: HonoWebhooksOptions = {}): HonoWebhooks {
  if (typeof bouncy?.receive !== 'function') {
    throw new TypeError(`[${OWNER}] bouncy: pass what createBouncy returned`)
  }
  const { bodyTimeoutMs, maxBufferedBytes, getConnInfo } = checkHonoOptions(options)
  const budget = createBudget(maxBufferedBytes)

  return async (c) => {
    const lease = budget.lease()
    try {
      const { pathname, search } = new URL(c.req.raw.url)
      const request = {
        ...toUnreadRequest(c.req, pathname + search, { timeoutMs: bodyTimeoutMs, lease }),
        // Bouncy asks for it: should getConnInfo throw, the sender is answered 503 and the log says why.
        get remoteAddress() {
          return getConnInfo(c).remote.address
        },
      }
      return toResponse(await bouncy.receive(lastSegment(pathname), request as UnreadRequest))
    } finally {
      // Only now: the body is in memory for as long as it is being decided on.
      lease.release()
    }
  }
}

/** The provider's name: the last segment of the path, a trailing slash aside. */
function lastSegment(pathname: string): string {
  const bare = pathname.endsWith('/') ? pathname.slice(0, -1) : pathname
  return bare.slice(bare.lastIndexOf('/') + 1)
}

function toUnreadRequest({ raw, bodyCache }: HonoRequest, url: string, terms: BodyTerms): UnreadRequest {
  return {
    method: raw.method,
    url,
    header: (name) => raw.headers.get(name) ?? undefined,
    read: (maxBytes) =>
      bodyCache.arrayBuffer === undefined ? readBody(raw, maxBytes, terms) : keptBytes(bodyCache.arrayBuffer),
  }
}

/** What `c.req.arrayBuffer()` has read and keeps for whoever asks after it; text and JSON are no bytes any more. */
async function keptBytes(kept: ArrayBuffer | Promise<ArrayBuffer>): Promise<Uint8Array> {
  try {
    return new Uint8Array(await kept)
  } catch (cause) {
    throw alreadyRead(cause)
  }
}

function toResponse({ status, headers, body }: WebhookReply): Response {
  try {
    const content = BODILESS.includes(status) ? null : (body ?? null)
    return new Response(content, { status, headers: { ...headers } })
  } catch {
    // A provider's own reply that no response can hold.
    return new Response(null, { status: 503, headers: { 'retry-after': '20' } })
  }
}
