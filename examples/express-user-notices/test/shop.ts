import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bouncy } from '@bouncy/core'
import { type PostmarkPost, type PostmarkPosts, postmarkPosts } from '@bouncy/postmark/testing'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { createApp } from '../app.ts'

const hook = { username: 'hook', password: 'a long secret of this test' }

/** What Postmark would post to the shop. */
export const posts: PostmarkPosts = postmarkPosts(hook)

/** The shop on a free port, with a fresh database and a mail server of its own. */
export interface Shop {
  readonly origin: string
  readonly bouncy: Bouncy
  /** To whom mail was sent, in order. */
  readonly mailed: readonly string[]
  /** Posts as Postmark. @returns the status of the reply */
  report(post: PostmarkPost): Promise<number>
  close(): Promise<void>
}

export async function openShop(): Promise<Shop> {
  const folder = mkdtempSync(join(tmpdir(), 'bouncy-notices-'))
  const mailed: string[] = []
  const mailServer = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      mailed.push(...session.envelope.rcptTo.map(({ address }) => address))
      stream.on('end', done).resume()
    },
  })
  mailServer.listen(0, '127.0.0.1')
  await once(mailServer.server, 'listening')
  const { port: smtpPort } = mailServer.server.address() as AddressInfo

  const { app, bouncy, close } = createApp({
    database: join(folder, 'shop.db'),
    postmarkPassword: hook.password,
    sessionSecret: 'another long secret of this test',
    transport: createTransport(`smtp://127.0.0.1:${smtpPort}`),
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    origin,
    bouncy,
    mailed,
    report: async (post) => (await fetch(`${origin}/webhooks/postmark`, post)).status,
    async close() {
      server.close()
      server.closeAllConnections()
      await close()
      await new Promise<void>((resolve) => mailServer.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
