import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bouncy } from '@bouncy/core'
import { type NodeWebhooksOptions, webhookHandler } from '@bouncy/node'

/** What can be set for the webhooks of an application. */
export type ExpressWebhooksOptions = NodeWebhooksOptions

/** A handler for `app.use` of Express 4 and 5, typed without either. */
export type ExpressWebhooks = (request: IncomingMessage, response: ServerResponse) => void

/**
 * Bouncy as an Express handler: mounted at `/webhooks`, `POST /webhooks/ses` goes to the provider named `ses`. It
 * answers everything below its path and never calls `next`. Mount it before `express.json()`, or let that keep the
 * bytes in `req.rawBody`.
 *
 * @throws TypeError an option that cannot be used
 * @example
 * app.use('/webhooks', expressWebhooks(bouncy))
 */
export function expressWebhooks(bouncy: Bouncy, options: ExpressWebhooksOptions = {}): ExpressWebhooks {
  const handle = webhookHandler(bouncy, options, {
    owner: 'bouncy/express',
    remedy:
      'mount expressWebhooks before express.json() and its like, or keep the bytes with ' +
      'express.json({ verify: (req, _res, bytes) => { req.rawBody = bytes } })',
  })
  return (request, response) => {
    void handle(request, response)
  }
}
