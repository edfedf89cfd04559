import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Spreads connections over whoever is up. */
export interface Balancer {
  readonly port: number
  close(): void
}

/** @param ports who is up, asked for each connection */
export async function startBalancer(ports: () => readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>()
  let turn = 0

  const server = createServer((client) => {
    turn += 1
    const up = ports()
    const port = up[turn % Math.max(1, up.length)]
    if (port === undefined) {
      client.destroy()
      return
    }
    const receiver = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [client, receiver],
      [receiver, client],
    ] as const) {
      open.add(from)
      from.setNoDelay(true)
      from.on('error', () => {})
      // whoever goes takes the other one along
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as { readonly port: number }).port,
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}
