import { type Bouncy, createBouncy, type Logger } from '@bouncy/core'
import { koaWebhooks } from '@bouncy/koa'
import { postmark } from '@bouncy/postmark'
import { postgresStore } from '@bouncy/sql/postgres'
import Koa from 'koa'
import type { Pool } from 'pg'

export interface AppOptions {
  /** Stays open: whoever opened it closes it. */
  readonly pool: Pool
  /** The password in the webhook URL that Postmark is given. */
  readonly postmarkPassword: string
  readonly logger?: Logger
}

/** The whole application: a newsletter, and whom of its subscribers it may go to. */
export function createApp({ pool, postmarkPassword, logger }: AppOptions): {
  readonly app: Koa
  readonly bouncy: Bouncy
} {
  const bouncy = createBouncy({
    providers: [postmark({ credentials: [{ username: 'hook', password: postmarkPassword }] })],
    store: postgresStore(pool),
    ...(logger === undefined ? {} : { logger }),
  })
  const app = new Koa()
  app.use(koaWebhooks(bouncy, { prefix: '/webhooks' }))
  app.use(async (ctx, next) => {
    if (ctx.method !== 'GET' || ctx.path !== '/next-issue') return next()
    const { rows } = await pool.query<{ address: string }>('select address from subscribers order by address')
    const addresses = rows.map(({ address }) => address)
    // who has left the newsletter still gets receipts, which Postmark sends in another stream
    const { deliverable, suppressed } = await bouncy.filterRecipients(addresses, { stream: 'newsletter' })
    const leaveOut = suppressed.map(({ address, reason }) => ({ address, reason }))
    ctx.body = { mail: deliverable, leaveOut }
  })
  return { app, bouncy }
}
