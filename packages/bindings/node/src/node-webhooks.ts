import type { Bouncy } from '@bouncy/core'
import { webhookHandler } from './handler.ts'
import type { NodeRequest, NodeResponse } from './http.ts'
import type { NodeWebhooksOptions } from './options.ts'

/** What `createServer` of `node:http` and of `node:http2` takes. */
export type NodeListener = (request: NodeRequest, response: NodeResponse) => void

/**
 * Bouncy as a listener for `node:http` and `node:http2`: `POST …/ses` goes to the provider named `ses`. It answers
 * every request it is given; to serve more than webhooks, call it from a listener of your own.
 *
 * @throws TypeError an option that cannot be used
 * @example
 * createServer(nodeWebhooks(bouncy)).listen(3000)
 */
export function nodeWebhooks(bouncy: Bouncy, options: NodeWebhooksOptions = {}): NodeListener {
  const handle = webhookHandler(bouncy, options, {
    owner: 'bouncy/node',
    remedy: 'call nodeWebhooks before it does, or keep the bytes as a Buffer in req.rawBody',
  })
  return (request, response) => {
    void handle(request, response)
  }
}
