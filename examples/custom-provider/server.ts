import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createBouncy } from '@bouncy/core'
import { nodeWebhooks } from '@bouncy/node'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { acme } from './acme.ts'

const { ACME_SECRET = '', DATABASE = 'bouncy.db', PORT = '3000' } = process.env

const bouncy = createBouncy({ providers: [acme({ secrets: [ACME_SECRET] })], store: sqliteStore(DATABASE) })
bouncy.on('*', ({ type, recipient }) => console.log(type, recipient))

const server = createServer(nodeWebhooks(bouncy)).listen(Number(PORT), () =>
  console.log(`POST http://localhost:${(server.address() as AddressInfo).port}/acme`),
)
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    server.close()
    await bouncy.close()
  })
}
