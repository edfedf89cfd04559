import { once } from 'node:events'
import { createServer, type RequestListener, request, type Server } from 'node:http'
import type { Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { type Bouncy, createBouncy, type Logger, memoryStore, type Provider } from '@bouncy/core'
import { onTestFinished } from 'vitest'

/** A provider that keeps the bodies it was given, and what Bouncy logged. */
export interface Recorder {
  readonly bouncy: Bouncy
  readonly bodies: string[]
  readonly codes: string[]
  readonly messages: string[]
}

/** Bouncy with one provider named `kit`, which takes everything unless it is told otherwise. */
export function recorder(overrides: Partial<Provider> = {}): Recorder {
  const bodies: string[] = []
  const codes: string[] = []
  const messages: string[] = []
  const kit: Provider = {
    name: 'kit',
    maxBodyBytes: 1024 * 1024,
    verify: ({ body }) => void bodies.push(Buffer.from(body).toString('latin1')),
    parse: () => ({ events: [] }),
    ...overrides,
  }
  const write = (facts: { readonly code?: string; readonly error?: string }): void => {
    if (facts.code !== undefined) codes.push(facts.code)
    if (facts.error !== undefined) messages.push(facts.error)
  }
  const logger: Logger = { debug: write, info: write, warn: write, error: write }
  return {
    bouncy: createBouncy({ providers: [kit], store: memoryStore(), logger }),
    bodies,
    codes,
    messages,
  }
}

/** Serves a listener on a free loopback port until the test ends. */
export function serve(listener: RequestListener): Promise<number> {
  return listen(createServer(listener))
}

/** Starts a server on a free loopback port until the test ends. */
export async function listen(server: Server | Http2Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

/** Posts a body and returns the status. */
export async function post(
  port: number,
  body: string | Uint8Array = '{}',
  headers: Record<string, string> = {},
): Promise<number> {
  const sent = request({ port, host: '127.0.0.1', path: '/kit', method: 'POST', headers, agent: false })
  sent.end(body)
  const [response] = await once(sent, 'response')
  response.resume()
  return response.statusCode
}
