import { join } from 'node:path'
import { type Bouncy, createBouncy, type Logger } from '@bouncy/core'
import { expressWebhooks } from '@bouncy/express'
import { postmark } from '@bouncy/postmark'
import { sqlStore } from '@bouncy/sql'
import ejs from 'ejs'
import express, { type Express } from 'express'
import type { Transporter } from 'nodemailer'
import { openDatabase } from './database.ts'
import { createMailer } from './mailer.ts'
import { leaveNotice } from './notices.ts'
import { pages } from './pages.ts'

export interface AppOptions {
  /** The SQLite file, for the shop and for Bouncy. */
  readonly database: string
  /** The password in the webhook URL that Postmark is given. */
  readonly postmarkPassword: string
  /** Signs the session cookie. */
  readonly sessionSecret: string
  /** Sends mail; of `nodemailer`. */
  readonly transport: Transporter
  readonly logger?: Logger
}

/** The whole application: a sign-up, an account, mail, and what becomes of mail that bounces. */
export function createApp({ database, postmarkPassword, sessionSecret, transport, logger }: AppOptions): {
  readonly app: Express
  readonly bouncy: Bouncy
  close(): Promise<void>
} {
  const db = openDatabase(database)
  const bouncy = createBouncy({
    providers: [postmark({ credentials: [{ username: 'hook', password: postmarkPassword }] })],
    store: sqlStore({ db, dialect: 'sqlite' }),
    ...(logger === undefined ? {} : { logger }),
  })
  bouncy.on('bounce', leaveNotice)

  const app = express()
  app.engine('ejs', ejs.renderFile)
  app.set('view engine', 'ejs')
  app.set('views', join(import.meta.dirname, 'views'))
  app.use('/webhooks', expressWebhooks(bouncy))
  app.use(pages({ db, mailer: createMailer(bouncy, transport), sessionSecret }))

  async function close(): Promise<void> {
    await bouncy.close()
    transport.close()
    await db.destroy()
  }
  return { app, bouncy, close }
}
