/** A server of its own process, whose memory is the thing that is measured: started by memory.test.ts. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createBouncy, memoryStore } from '@bouncy/core'
import { nodeWebhooks } from '@bouncy/node'

const bouncy = createBouncy({
  providers: [{ name: 'kit', verify: () => undefined, parse: () => ({ events: [] }) }],
  store: memoryStore(),
})
const server = createServer(nodeWebhooks(bouncy)).listen(0, '127.0.0.1')
await once(server, 'listening')
process.send?.({ port: (server.address() as AddressInfo).port })
process.on('message', () => {
  // The most that was ever resident, in bytes: nothing can hide between two measurements.
  process.send?.({ peak: process.resourceUsage().maxRSS * 1024 })
})
process.on('disconnect', () => process.exit())
