import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createApp } from './app.ts'
import { openPool } from './pool.ts'

const { DATABASE_URL, PORT = '3000', POSTMARK_HOOK = '' } = process.env

const pool = openPool(DATABASE_URL)
const { app, bouncy } = createApp({ pool, postmarkPassword: POSTMARK_HOOK, logger: console })
bouncy.on('bounce', ({ bounceType, recipient, diagnostic }) =>
  console.log('bounce', bounceType, recipient, diagnostic),
)

const server = app.listen(Number(PORT), () =>
  console.log(`POST http://localhost:${(server.address() as AddressInfo).port}/webhooks/postmark`),
)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop())

/** New connections are refused, what is under way is answered, and the database is let go of last. */
async function stop(): Promise<void> {
  console.log('stopping')
  const closed = once(server, 'close')
  server.close()
  await bouncy.close()
  await closed
  await pool.end()
}
