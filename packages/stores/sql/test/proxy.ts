import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A way to a server that can be closed and opened. */
export interface Proxy {
  readonly port: number
  /** Connections from now on are refused, and those that are there end. */
  close(): Promise<void>
  open(): Promise<void>
  /** Connections that are there carry nothing any more, and are not closed either; those to come are fine. */
  forget(): void
}

/** A way to a port of this machine, closed at first. */
export async function proxyTo(port: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => sockets.delete(one))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const own = typeof address === 'object' && address !== null ? address.port : 0
  const proxy: Proxy = {
    port: own,
    async close() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
    forget() {
      for (const socket of sockets) socket.unpipe().on('data', () => {})
    },
    async open() {
      server.listen(own, '127.0.0.1')
      await once(server, 'listening')
    },
  }
  await proxy.close()
  return proxy
}
