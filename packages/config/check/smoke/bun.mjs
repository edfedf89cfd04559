import { memoryStore } from '@bouncy/core'
import { smoke } from './smoke.mjs'

await smoke(memoryStore(), async (bouncy) => {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, server) => bouncy.fetch(request, { remoteAddress: server.requestIP(request)?.address }),
  })
  return { origin: `http://127.0.0.1:${server.port}`, close: () => server.stop(true) }
})
