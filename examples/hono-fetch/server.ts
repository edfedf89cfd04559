import { sqliteStore } from '@bouncy/sql/sqlite'
import { serve } from '@hono/node-server'
import { createApp } from './app.ts'

const { DATABASE = 'bouncy.db', PORT = '3000', POSTMARK_HOOK = '' } = process.env

const { app, bouncy } = createApp({ store: sqliteStore(DATABASE), postmarkPassword: POSTMARK_HOOK })
bouncy.on('bounce', ({ bounceType, recipient, diagnostic }) =>
  console.log('bounce', bounceType, recipient, diagnostic),
)

const server = serve({ fetch: app.fetch, port: Number(PORT) }, ({ port }) =>
  console.log(`POST http://localhost:${port}/webhooks/postmark`),
)
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    server.close()
    await bouncy.close()
  })
}
