import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Bouncy, createBouncy, memoryStore } from '@bouncy/core'

/** Waits until a server listens, and says where and how to stop it. */
export async function listening(
  server: Server,
): Promise<{ readonly origin: string; close(): Promise<unknown> }> {
  if (!server.listening) await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  }
}

/** Bouncy with one provider named `kit`, which takes everything, and what it was given and logged. */
export function recorder(): {
  readonly bouncy: Bouncy
  readonly received: { readonly url: string; readonly body: string }[]
  readonly log: { readonly code?: string; readonly error?: string }[]
} {
  const received: { readonly url: string; readonly body: string }[] = []
  const log: object[] = []
  const write = (facts: object): void => void log.push(facts)
  const bouncy = createBouncy({
    providers: [
      {
        name: 'kit',
        verify: ({ url, body }) => void received.push({ url, body: Buffer.from(body).toString() }),
        parse: () => ({ events: [] }),
      },
    ],
    store: memoryStore(),
    logger: { debug: write, info: write, warn: write, error: write },
  })
  return { bouncy, received, log }
}
