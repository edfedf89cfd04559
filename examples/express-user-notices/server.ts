import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { createTransport } from 'nodemailer'
import { createApp } from './app.ts'

const {
  DATABASE = 'shop.db',
  PORT = '3000',
  POSTMARK_HOOK = '',
  SESSION_SECRET = randomUUID(), // without one of your own, a restart signs everybody out
  SMTP_URL = 'smtp://localhost:1025',
} = process.env

const { app, close } = createApp({
  database: DATABASE,
  postmarkPassword: POSTMARK_HOOK,
  sessionSecret: SESSION_SECRET,
  transport: createTransport(SMTP_URL),
})

const server = app.listen(Number(PORT), () => {
  const { port } = server.address() as AddressInfo
  console.log(`http://localhost:${port}, and POST http://localhost:${port}/webhooks/postmark`)
})
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close(close)
    server.closeIdleConnections()
  })
}
