import { once } from 'node:events'
import { Agent, createServer, type OutgoingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The path below which a proxy publishes what stands behind it. */
export const PUBLIC_PREFIX = '/public'

const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'te', 'upgrade']

/** A reverse proxy that listens. */
export interface Proxy {
  readonly origin: string
  close(): Promise<unknown>
}

/**
 * A reverse proxy as they stand before servers: it cuts off its own prefix and says so in headers, names another host,
 * passes every body on in chunks, and sends all requests over one connection that it keeps.
 */
export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const server = createServer((incoming, outgoing) => {
    const passed = request({
      agent,
      hostname,
      port,
      method: incoming.method,
      path: incoming.url?.slice(PUBLIC_PREFIX.length),
      headers: {
        ...endToEnd(incoming.headers),
        host: 'hooks.internal',
        via: '1.1 kit',
        forwarded: 'for=192.0.2.7;host=hooks.example.com;proto=https',
        'x-forwarded-for': '192.0.2.7',
        'x-forwarded-host': 'hooks.example.com',
        'x-forwarded-prefix': PUBLIC_PREFIX,
        'x-forwarded-proto': 'https',
        'transfer-encoding': 'chunked',
      },
    })
    passed.on('response', (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, endToEnd(reply.headers))
      reply.pipe(outgoing)
    })
    // Nothing in place of a reply: the client is told that the connection broke.
    passed.on('error', () => outgoing.destroy())
    incoming.pipe(passed)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      agent.destroy()
      return new Promise((resolve) => server.close(resolve).closeAllConnections())
    },
  }
}

function endToEnd(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const { 'content-length': _, ...rest } = headers
  return Object.fromEntries(Object.entries(rest).filter(([name]) => !HOP_BY_HOP.includes(name)))
}
