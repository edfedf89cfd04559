import type { AddressInfo } from 'node:net'
import { createApp } from './app.ts'

const { FOLDER = 'bouncy-level', PORT = '3000', POSTMARK_HOOK = '' } = process.env

const { server, bouncy, close } = createApp({ folder: FOLDER, postmarkPassword: POSTMARK_HOOK })
bouncy.on('bounce', ({ bounceType, recipient }) => console.log('bounce', bounceType, recipient))

server.listen(Number(PORT), () => {
  console.log(`POST http://localhost:${(server.address() as AddressInfo).port}/webhooks/postmark`)
})
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => server.close(() => void close()))
}
