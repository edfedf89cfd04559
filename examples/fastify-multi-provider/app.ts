import { type Bouncy, createBouncy } from '@bouncy/core'
import { fastifyWebhooks } from '@bouncy/fastify'
import { postmark } from '@bouncy/postmark'
import { ses } from '@bouncy/ses'
import { sqliteStore } from '@bouncy/sql/sqlite'
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'

export interface AppOptions {
  /** The SQLite file. */
  readonly database: string
  /** The SNS topics of two SES accounts: one sends the shop's mail, one the newsletter. */
  readonly topicArns: { readonly shop: string; readonly news: string }
  /** The password in the webhook URL that Postmark is given. */
  readonly postmarkPassword: string
  /** How Amazon is reached; the test plays Amazon itself. @default the global fetch */
  readonly fetch?: typeof fetch
  /** @default none */
  readonly logger?: FastifyServerOptions['logger']
}

/** The whole application: two providers, one of them with two accounts; one file, and one log. */
export function createApp({ database, topicArns, postmarkPassword, ...options }: AppOptions): {
  readonly app: FastifyInstance
  readonly bouncy: Bouncy
} {
  const app = fastify({ logger: options.logger ?? false })
  const amazon = options.fetch === undefined ? {} : { fetch: options.fetch }
  const bouncy = createBouncy({
    providers: [
      ses({ name: 'ses-shop', topicArns: [topicArns.shop], ...amazon }),
      ses({ name: 'ses-news', topicArns: [topicArns.news], ...amazon }),
      postmark({ credentials: [{ username: 'hook', password: postmarkPassword }] }),
    ],
    store: sqliteStore(database),
    logger: app.log,
  })
  app.register(fastifyWebhooks(bouncy), { prefix: '/webhooks' })
  app.addHook('onClose', () => bouncy.close())
  app.get('/suppressions', () => bouncy.suppressions())
  return { app, bouncy }
}
