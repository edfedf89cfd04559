import { readFileSync, writeSync } from 'node:fs'
import { SQSClient } from '@aws-sdk/client-sqs'
import { createBouncy } from '@bouncy/core'
import { ses } from '@bouncy/ses'
import { consumeSqs } from '@bouncy/ses/sqs'
import { sqliteStore } from '@bouncy/sql/sqlite'

/**
 * A process of its own that takes messages of a queue into a SQLite file, and prints `attempt id` for each event that
 * was handled. SIGTERM stops it. Arguments: endpoint, URL of the queue, topic, file of the certificate, file of the store.
 */
const [endpoint = '', queueUrl = '', topicArn = '', certificate = '', database = ''] = process.argv.slice(2)

const pem = readFileSync(certificate, 'utf8')
const client = new SQSClient({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
})
const bouncy = createBouncy({
  providers: [ses({ topicArns: [topicArn], fetch: async () => new Response(pem) })],
  store: sqliteStore(database),
  leaseMs: 1_000,
})
bouncy.on('bounce', async ({ id }, { attempt }) => {
  writeSync(1, `${attempt} ${id}\n`)
  // so that a kill finds some that are handled and not settled
  await new Promise((resolve) => setImmediate(resolve))
})

const consumer = consumeSqs({
  bouncy,
  client,
  queueUrl,
  concurrency: 2,
  visibilityTimeoutSeconds: 1,
  waitTimeSeconds: 1,
  retryDelaySeconds: 1,
})
process.once('SIGTERM', async () => {
  await consumer.stop()
  await bouncy.close()
  client.destroy()
})
