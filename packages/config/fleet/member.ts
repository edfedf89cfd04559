import { once } from 'node:events'
import { createServer } from 'node:http'
import { bullmqDispatcher } from '@bouncy/bullmq'
import { createBouncy } from '@bouncy/core'
import { nodeWebhooks } from '@bouncy/node'
import { postmark } from '@bouncy/postmark'
import { ses } from '@bouncy/ses'
import { postgresStore } from '@bouncy/sql/postgres'
import { Redis } from 'ioredis'
import type { Transaction } from 'kysely'
import pg from 'pg'
import type { MemberTask } from './members.ts'

/** A process of the fleet: a receiver, a worker, or both. Its only argument is its task; it goes with its parent. */
const task = JSON.parse(process.argv[2] ?? '{}') as MemberTask
process.on('disconnect', () => process.exit())

const pool = new pg.Pool({ connectionString: task.database, max: task.works ? 12 : 3 })
pool.on('error', () => {})
const connection = new Redis({ ...task.redis, maxRetriesPerRequest: null })

const bouncy = createBouncy({
  providers: [
    postmark({ credentials: [task.credentials] }),
    ses({ topicArns: [task.topicArn], fetch: async () => new Response(task.certificate) }),
  ],
  store: postgresStore(pool),
  sweepEveryMs: 5_000,
  dispatcher: bullmqDispatcher({
    connection,
    prefix: task.prefix,
    work: task.works,
    // soon, since somebody dies every few seconds
    lockDuration: 5_000,
    stalledInterval: 1_000,
    enqueueAgainAfterMs: 60_000,
  }),
})

if (task.works) {
  bouncy.on('*', async (event, { attempt, transaction }) => {
    const trx = (await transaction()) as Transaction<{
      ledger: { event_id: string; recipient: string; attempt: number }
    }>
    const { id, recipient } = event
    await trx.insertInto('ledger').values({ event_id: id, recipient, attempt }).execute()
  })
}

const server = createServer(nodeWebhooks(bouncy))
// so that a process that is started again gets its share of connections
server.maxRequestsPerSocket = 200
if (task.receives) await once(server.listen(0, '127.0.0.1'), 'listening')
process.send?.(server.address())
