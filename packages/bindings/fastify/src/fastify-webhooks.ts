import type { Bouncy } from '@bouncy/core'
import { type NodeRequest, type NodeResponse, type NodeWebhooksOptions, webhookHandler } from '@bouncy/node'

/** What can be set for the webhooks of an application. */
export type FastifyWebhooksOptions = NodeWebhooksOptions

/** The slice of a Fastify instance that is used. */
export interface FastifyRoutes {
  all(path: string, options: { readonly onRequest: TakeOver }, handler: () => void): unknown
}

/** A plugin for `app.register` of Fastify 5, typed without it. */
export type FastifyWebhooks = (app: FastifyRoutes, options: unknown, done: () => void) => void

type TakeOver = (
  request: { readonly raw: NodeRequest },
  reply: { readonly raw: NodeResponse; hijack(): unknown },
) => Promise<void>

/**
 * Bouncy as a Fastify plugin: registered with the prefix `/webhooks`, `POST /webhooks/ses` goes to the provider named
 * `ses`. A request is taken over in `onRequest`, before Fastify looks at its body: content type parsers and the body
 * limit of the application have no part in it, and hooks after `onRequest` do not run, `onResponse` excepted.
 *
 * @throws TypeError an option that cannot be used
 * @example
 * app.register(fastifyWebhooks(bouncy), { prefix: '/webhooks' })
 */
export function fastifyWebhooks(bouncy: Bouncy, options: FastifyWebhooksOptions = {}): FastifyWebhooks {
  const handle = webhookHandler(bouncy, options, {
    owner: 'bouncy/fastify',
    remedy:
      'let no onRequest hook or middleware read it before fastifyWebhooks, or have that keep the bytes as a Buffer in ' +
      'request.raw.rawBody',
  })
  const onRequest: TakeOver = async (request, reply) => {
    reply.hijack()
    await handle(request.raw, reply.raw)
  }
  return (app, _options, done) => {
    app.all('/*', { onRequest }, unreached)
    done()
  }
}

/** Fastify wants a handler; a reply that was hijacked in `onRequest` never comes to it. */
function unreached(): void {}
