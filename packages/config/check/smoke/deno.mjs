import { memoryStore } from '@bouncy/core'
import { smoke } from './smoke.mjs'

await smoke(memoryStore(), async (bouncy) => {
  const server = Deno.serve({ hostname: '127.0.0.1', port: 0, onListen() {} }, (request, { remoteAddr }) =>
    bouncy.fetch(request, { remoteAddress: remoteAddr.hostname }),
  )
  return { origin: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() }
})
