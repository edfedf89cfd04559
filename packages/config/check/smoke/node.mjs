// node:http with SQLite, and bouncy.fetch in memory.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '@bouncy/core'
import { nodeWebhooks } from '@bouncy/node'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { smoke } from './smoke.mjs'

const folder = mkdtempSync(join(tmpdir(), 'bouncy-smoke-'))
try {
  await smoke(sqliteStore(join(folder, 'bouncy.db')), (bouncy) => serve(nodeWebhooks(bouncy)))
  await smoke(memoryStore(), (bouncy) => serve((request, response) => answer(bouncy, request, response)))
} finally {
  rmSync(folder, { recursive: true })
}

async function serve(listener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => server.close().closeAllConnections(),
  }
}

/** As a framework makes a `Request` of what comes in. */
async function answer(bouncy, request, response) {
  const { method, headers, socket } = request
  const body = method === 'POST' ? { body: request, duplex: 'half' } : {}
  const reply = await bouncy.fetch(
    new Request(`http://x${request.url}`, { method, headers: plain(headers), ...body }),
    {
      remoteAddress: socket.remoteAddress,
    },
  )
  response.writeHead(reply.status, Object.fromEntries(reply.headers)).end(await reply.text())
  request.resume()
}

function plain({ connection, 'transfer-encoding': _, ...headers }) {
  return headers
}
