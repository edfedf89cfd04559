import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bouncy } from '@bouncy/core'
import { type NodeWebhooksOptions, webhookHandler } from '@bouncy/node'

/** What can be set for the webhooks of an application. */
export interface KoaWebhooksOptions extends NodeWebhooksOptions {
  /** The path below which the webhooks are, such as `'/webhooks'`; `'/'` where something else cuts the path off first. */
  readonly prefix: string
}

/** The slice of a Koa context that is used; the contexts of Koa 2 and 3 have it. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly request: object
  readonly path: string
  readonly originalUrl: string
  respond?: boolean
}

/** A middleware for `app.use` of Koa 2 and 3, typed without either. */
export type KoaWebhooks = (ctx: KoaContext, next: () => Promise<unknown>) => Promise<unknown>

const OWNER = 'bouncy/koa'

/**
 * Bouncy as a Koa middleware: with the prefix `/webhooks`, `POST /webhooks/ses` goes to the provider named `ses`. It
 * answers everything below the prefix and leaves everything else to the middleware after it. Use it before a body
 * parser, or keep the bytes as a Buffer in `ctx.request.rawBody`.
 *
 * @throws TypeError an option that cannot be used
 * @example
 * app.use(koaWebhooks(bouncy, { prefix: '/webhooks' }))
 */
export function koaWebhooks(bouncy: Bouncy, options: KoaWebhooksOptions): KoaWebhooks {
  const { prefix, ...nodeOptions } = options ?? {}
  const below = folderOf(prefix)
  const handle = webhookHandler(bouncy, nodeOptions, {
    owner: OWNER,
    remedy:
      'use koaWebhooks before the body parser, or keep the bytes as a Buffer in ctx.request.rawBody ' +
      '(the text that koa-bodyparser keeps there is decoded)',
  })
  return async (ctx, next) => {
    if (!pathOf(ctx)?.startsWith(below)) return next()
    // The reply is sent while a refused body may still be arriving: Koa would end the response under it.
    ctx.respond = false
    return handle(withOriginalUrl(ctx), ctx.res, keptBody(ctx.request))
  }
}

/** @throws TypeError what is no path, or a path with a query */
function folderOf(prefix: unknown): string {
  if (typeof prefix !== 'string' || !/^\/[^?#]*$/.test(prefix)) {
    throw new TypeError(`[${OWNER}] prefix: give the path below which the webhooks are, such as '/webhooks'`)
  }
  return prefix.endsWith('/') ? prefix : `${prefix}/`
}

/** The path, if the target has one: for `mail://` Koa says null, and for `http://[/`, which is no URL, it throws. */
function pathOf(ctx: KoaContext): string | null | undefined {
  try {
    return ctx.path
  } catch {
    return undefined
  }
}

/** The request with the whole path, as Connect leaves it: `koa-mount` cuts its own prefix off `url`. */
function withOriginalUrl({ req, originalUrl }: KoaContext): IncomingMessage {
  return Object.assign(req, { originalUrl })
}

/** What a body parser may have kept; they leave it on Koa's request, not on Node's. */
function keptBody(request: { readonly rawBody?: unknown; readonly body?: unknown }): unknown {
  return request.rawBody ?? request.body
}
