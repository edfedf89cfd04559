import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nodeWebhooks } from '@bouncy/node'
import { testBinding } from '@bouncy/testkit'

testBinding('node', async (bouncy, { prefix, echo, parser, bodyTimeoutMs }) => {
  const webhooks = nodeWebhooks(bouncy, bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs })
  return listen(
    createServer(async (request, response) => {
      const url = request.url ?? ''
      if (parser !== 'none') await parseJson(request, parser === 'keeps-bytes')
      if (url.startsWith(`${prefix}/`)) webhooks(request, response)
      else if (url === echo) await answerEcho(request, response)
      else response.writeHead(404).end()
    }),
  )
})

async function parseJson(
  request: IncomingMessage & { rawBody?: Buffer; body?: unknown },
  keep: boolean,
): Promise<void> {
  if (request.headers['content-type'] !== 'application/json') return
  const bytes = Buffer.concat(await request.toArray())
  if (keep) request.rawBody = bytes
  request.body = JSON.parse(bytes.toString())
}

async function answerEcho(
  request: IncomingMessage & { body?: unknown },
  response: ServerResponse,
): Promise<void> {
  if (request.body === undefined) await parseJson(request, false)
  response.end(JSON.stringify(request.body))
}

async function listen(server: Server): Promise<{ origin: string; close(): Promise<unknown> }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
