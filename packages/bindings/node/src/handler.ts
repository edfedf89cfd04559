import type { Bouncy, UnreadRequest } from '@bouncy/core'
import { createBudget, providerOf } from '@bouncy/core/binding'
import type { NodeRequest, NodeResponse } from './http.ts'
import { checkNodeOptions, type NodeWebhooksOptions } from './options.ts'
import { type BodyTerms, readBody } from './read-body.ts'
import { sendReply } from './send-reply.ts'

/** How a binding speaks of itself in errors and in the log. */
export interface BindingWords {
  /** The package, `'bouncy/express'`. */
  readonly owner: string
  /** What to do where a body parser was mounted before the webhooks. */
  readonly remedy: string
}

/**
 * Answers one request; never rejects, and never leaves a response open. Where the framework keeps the bytes that its
 * body parser read elsewhere than in `req.rawBody` or `req.body`, they are handed over as `rawBody`.
 */
export type WebhookHandler = (
  request: NodeRequest,
  response: NodeResponse,
  rawBody?: unknown,
) => Promise<void>

/**
 * What every binding to a framework on top of `node:http` is made of: it reads bodies within their limits, lets Bouncy
 * decide and sends its reply. The last segment of the path names the provider.
 *
 * @throws TypeError an option that cannot be used
 * @example
 * const handle = webhookHandler(bouncy, options, { owner: 'bouncy/koa', remedy: 'mount it before the body parser' })
 * await handle(ctx.req, ctx.res)
 */
export function webhookHandler(
  bouncy: Bouncy,
  options: NodeWebhooksOptions,
  words: BindingWords,
): WebhookHandler {
  if (typeof bouncy?.receive !== 'function') {
    throw new TypeError(`[${words.owner}] bouncy: pass what createBouncy returned`)
  }
  const { bodyTimeoutMs, maxBufferedBytes } = checkNodeOptions(words.owner, options)
  const budget = createBudget(maxBufferedBytes)

  return async function handle(request, response, rawBody) {
    // A sender that goes away is no error of the application: without a listener it would be thrown.
    request.on('error', ignore)
    response.on('error', ignore)
    const lease = budget.lease()
    try {
      const unread = toUnreadRequest(request, { ...words, timeoutMs: bodyTimeoutMs, lease, rawBody })
      const reply = await bouncy.receive(providerOf(unread.url), unread)
      sendReply(request, response, reply)
    } catch (error) {
      process.emitWarning(`[${words.owner}] a reply could not be sent: ${error}`)
      giveUp(request, response)
    } finally {
      // Only now: the body is in memory for as long as it is being decided on.
      lease.release()
    }
  }
}

function toUnreadRequest(request: NodeRequest, terms: BodyTerms): UnreadRequest {
  // Frameworks cut the prefix off `url` and keep the whole.
  const { originalUrl } = request as { readonly originalUrl?: unknown }
  const remoteAddress = request.socket?.remoteAddress
  return {
    method: request.method ?? '',
    url: typeof originalUrl === 'string' ? originalUrl : (request.url ?? '/'),
    header(name) {
      const value: unknown = request.headers[name.toLowerCase()]
      if (Array.isArray(value)) return value.join(', ')
      return typeof value === 'string' ? value : undefined
    },
    read: (maxBytes) => readBody(request, maxBytes, terms),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  }
}

function giveUp(request: NodeRequest, response: NodeResponse): void {
  try {
    sendReply(request, response, { status: 503, headers: { 'retry-after': '20' } })
  } catch {
    response.destroy()
  }
}

function ignore(): void {}
