import { type Bouncy, createBouncy, type Logger, type Store } from '@bouncy/core'
import { honoWebhooks } from '@bouncy/hono'
import { postmark } from '@bouncy/postmark'
import { Hono } from 'hono'

export interface AppOptions {
  readonly store: Store
  /** The password in the webhook URL that Postmark is given. */
  readonly postmarkPassword: string
  readonly logger?: Logger
}

/** The whole application, a function from `Request` to `Response`: it runs wherever `fetch` does. */
export function createApp({ store, postmarkPassword, logger }: AppOptions): {
  readonly app: Hono
  readonly bouncy: Bouncy
} {
  const bouncy = createBouncy({
    providers: [postmark({ credentials: [{ username: 'hook', password: postmarkPassword }] })],
    store,
    ...(logger === undefined ? {} : { logger }),
  })
  const app = new Hono()
  app.all('/webhooks/*', honoWebhooks(bouncy))
  app.post('/newsletter', async (c) => {
    const { deliverable, suppressed } = await bouncy.filterRecipients(await c.req.json())
    return c.json({
      mail: deliverable,
      leaveOut: suppressed.map(({ address, reason }) => ({ address, reason })),
    })
  })
  return { app, bouncy }
}
