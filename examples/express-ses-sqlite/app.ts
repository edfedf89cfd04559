import { type Bouncy, createBouncy, type Logger } from '@bouncy/core'
import { expressWebhooks } from '@bouncy/express'
import { postmark } from '@bouncy/postmark'
import { ses } from '@bouncy/ses'
import { sqliteStore } from '@bouncy/sql/sqlite'
import express, { type Express } from 'express'

export interface AppOptions {
  /** The SQLite file. */
  readonly database: string
  readonly topicArn: string
  /** The password in the webhook URL that Postmark is given. */
  readonly postmarkPassword: string
  /** How Amazon is reached; the demo plays Amazon itself. @default the global fetch */
  readonly fetch?: typeof fetch
  readonly logger?: Logger
}

/** The whole application: two providers, one file, one route. */
export function createApp({ database, topicArn, postmarkPassword, fetch, logger }: AppOptions): {
  readonly app: Express
  readonly bouncy: Bouncy
} {
  const bouncy = createBouncy({
    providers: [
      ses({ topicArns: [topicArn], ...(fetch === undefined ? {} : { fetch }) }),
      postmark({ credentials: [{ username: 'hook', password: postmarkPassword }] }),
    ],
    store: sqliteStore(database),
    ...(logger === undefined ? {} : { logger }),
  })
  const app = express()
  app.use('/webhooks', expressWebhooks(bouncy))
  app.use(express.json())
  app.get('/suppressions', async (_request, response) => {
    response.json(await bouncy.suppressions())
  })
  return { app, bouncy }
}
