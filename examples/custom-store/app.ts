import { createServer, type Server } from 'node:http'
import { type Bouncy, createBouncy } from '@bouncy/core'
import { nodeWebhooks } from '@bouncy/node'
import { postmark } from '@bouncy/postmark'
import { ClassicLevel } from 'classic-level'
import { levelStore } from './level-store.ts'

export interface AppOptions {
  /** The folder of the database. */
  readonly folder: string
  /** The password in the webhook URL that Postmark is given. */
  readonly postmarkPassword: string
}

/** The whole application: a receiver that keeps what it is told in a store of its own making. */
export function createApp({ folder, postmarkPassword }: AppOptions): {
  readonly server: Server
  readonly bouncy: Bouncy
  close(): Promise<void>
} {
  const db = new ClassicLevel(folder)
  const bouncy = createBouncy({
    providers: [postmark({ credentials: [{ username: 'hook', password: postmarkPassword }] })],
    store: levelStore(db),
  })
  return {
    server: createServer(nodeWebhooks(bouncy)),
    bouncy,
    async close() {
      await bouncy.close()
      await db.close()
    },
  }
}
