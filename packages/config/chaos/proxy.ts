import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A way to a server that can be cut. */
export interface Proxy {
  readonly port: number
  /** What there is breaks, and what is tried is refused: the server is down. */
  refuse(): Promise<void>
  /** What there is hangs, and what is tried is taken but never answered: the network swallows everything. */
  swallow(): void
  /** All is well again; what hung goes on. */
  open(): Promise<void>
  close(): Promise<void>
}

/** A way to a port of this machine, open at first. */
export async function proxyTo(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const held: Socket[] = []
  let swallowing = false

  function join(client: Socket): void {
    const upstream = connect(target, '127.0.0.1')
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('data', (bytes: Buffer) => other.write(bytes))
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.on('error', () => {})
      sockets.add(one)
    }
    client.resume()
  }

  const server: Server = createServer({ pauseOnConnect: true }, (client) => {
    client.on('error', () => {})
    if (!swallowing) return join(client)
    sockets.add(client)
    held.push(client)
  })
  async function listen(port: number): Promise<number> {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  async function refuse(): Promise<void> {
    if (!server.listening) return
    server.close()
    for (const socket of sockets) socket.destroy()
    await once(server, 'close')
  }

  const port = await listen(0)
  return {
    port,
    refuse,
    swallow() {
      swallowing = true
      for (const socket of sockets) socket.pause()
    },
    async open() {
      if (!server.listening) await listen(port)
      if (!swallowing) return
      swallowing = false
      for (const socket of sockets) if (!held.includes(socket)) socket.resume()
      for (const client of held.splice(0)) if (!client.destroyed) join(client)
    },
    close: refuse,
  }
}
