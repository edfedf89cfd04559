import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BullmqDispatcherOptions, bullmqDispatcher } from '@bouncy/bullmq'
import { type Bouncy, type BouncyOptions, createBouncy } from '@bouncy/core'
import { postmark } from '@bouncy/postmark'
import { postmarkPosts } from '@bouncy/postmark/testing'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { onTestFinished } from 'vitest'
import { PORT } from './port.ts'
import { connect, prefix } from './redis.ts'

const credentials = { username: 'hook', password: randomUUID() }
const posts = postmarkPosts(credentials)

/** One database and one queue, for any number of processes that are played by this one. */
export interface Setting {
  /** Of the database. */
  readonly path: string
  readonly queueName: string
  /** A receiver, a worker or both. It is closed when the test is over. */
  process(options?: Partial<BullmqDispatcherOptions>, bouncy?: Partial<BouncyOptions>): Bouncy
}

/** @param dispatcher makes the dispatchers, with another version of BullMQ perhaps */
export function setUp(port: number = PORT, dispatcher: typeof bullmqDispatcher = bullmqDispatcher): Setting {
  const directory = mkdtempSync(join(tmpdir(), 'bouncy-bullmq-'))
  const path = join(directory, 'bouncy.db')
  const queueName = randomUUID()
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return {
    path,
    queueName,
    process(options = {}, own = {}) {
      const bouncy = createBouncy({
        providers: [postmark({ credentials: [credentials] })],
        store: sqliteStore(path),
        dispatcher: dispatcher({ connection: connect(port), prefix, queueName, ...options }),
        ...own,
      })
      // before its connection goes
      onTestFinished(() => bouncy.close())
      return bouncy
    },
  }
}

/** Posts a hard bounce as Postmark does. @returns the status of the reply */
export async function bounce(bouncy: Bouncy, id: number, Email = `r${id}@example.com`): Promise<number> {
  const { body, ...init } = posts.bounce('HardBounce', { ID: id, Email })
  const request = new Request('http://localhost/webhooks/postmark', { ...init, body })
  return (await bouncy.fetch(request)).status
}
