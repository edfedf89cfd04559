import type { Bouncy } from '@bouncy/core'
import type { Context } from 'hono'

/** A handler for `app.all` of Hono 4. */
export type HonoWebhooks = (c: Context) => Promise<Response>

/** What can be set for the webhooks of an application. */
export interface HonoWebhooksOptions {
  /** The `getConnInfo` of the runtime, for providers that look at the sender's address. @default that of Node */
  readonly getConnInfo?: (c: Context) => ConnInfo
}

/** The slice of Hono's connection info that is used. */
export interface ConnInfo {
  readonly remote: { readonly address?: string }
}

/**
 * Bouncy as a Hono handler, on every runtime of Hono: routed at `/webhooks/*`, `POST /webhooks/ses` goes to the
 * provider named `ses`. Route it before a middleware that reads bodies, or have that call `c.req.arrayBuffer()` first.
 *
 * @throws TypeError an option that cannot be used
 * @example
 * app.all('/webhooks/*', honoWebhooks(bouncy))
 */
export function honoWebhooks(bouncy: Bouncy, options: HonoWebhooksOptions = {}): HonoWebhooks {
  if (typeof bouncy?.fetch !== 'function') throw mistake('bouncy: pass what createBouncy returned')
  checkOptions(options)
  const { getConnInfo = nodeConnInfo } = options

  return (c) =>
    bouncy.fetch(c.req.raw, {
      // What `c.req.arrayBuffer()` read is kept for whoever asks after it; text and JSON are no bytes any more.
      rawBody: c.req.bodyCache.arrayBuffer && toBytes(c.req.bodyCache.arrayBuffer),
      // Bouncy asks for it: should getConnInfo throw, the sender is answered 503 and the log says why.
      get remoteAddress() {
        return getConnInfo(c).remote.address
      },
    })
}

const toBytes = async (kept: ArrayBuffer | Promise<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await kept)

/** What `@hono/node-server` puts into the environment; elsewhere nothing is known. */
function nodeConnInfo(c: Context): ConnInfo {
  const { incoming } = (c.env ?? {}) as {
    readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } }
  }
  const address = incoming?.socket?.remoteAddress
  return { remote: address === undefined ? {} : { address } }
}

/** By hand: `checkOptions` of `@bouncy/core/provider` brings `node:crypto` along, which not every runtime has. */
function checkOptions(options: HonoWebhooksOptions): void {
  if (typeof options !== 'object' || options === null) throw mistake('give the options as an object')
  for (const [key, value] of Object.entries(options)) {
    if (key !== 'getConnInfo') throw mistake(`${key}: no such option; there is getConnInfo`)
    if (value !== undefined && typeof value !== 'function') {
      throw mistake('getConnInfo: pass the function of your runtime, such as that of hono/bun')
    }
  }
}

const mistake = (text: string): TypeError => new TypeError(`[bouncy/hono] ${text}`)
