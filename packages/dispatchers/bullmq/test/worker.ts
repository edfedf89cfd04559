import { writeSync } from 'node:fs'
import { bullmqDispatcher } from '@bouncy/bullmq'
import { createBouncy } from '@bouncy/core'
import { postmark } from '@bouncy/postmark'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { Redis } from 'ioredis'
import { PORT } from './port.ts'

/**
 * A worker in a process of its own, which prints the attempt as its handler begins, and then does what it is told: `hang`
 * or `succeed`. Arguments: path of the database, prefix, name of the queue, what to do.
 */
const [path = '', prefix = '', queueName = '', what = 'succeed'] = process.argv.slice(2)

const connection = new Redis({ host: '127.0.0.1', port: PORT, maxRetriesPerRequest: null })
const bouncy = createBouncy({
  providers: [postmark({ credentials: [{ username: 'hook', password: 'not used here' }] })],
  store: sqliteStore(path),
  dispatcher: bullmqDispatcher({
    connection,
    prefix,
    queueName,
    attempts: 2,
    lockDuration: 300,
    stalledInterval: 100,
  }),
})
bouncy.on('bounce', (_, { attempt }) => {
  writeSync(1, `${attempt}\n`)
  return what === 'hang' ? new Promise(() => {}) : undefined
})
