import { Agent, request } from 'node:http'
import type { Letter } from './traffic.ts'

/** How a post was answered. */
export interface Reply {
  /** 0: the connection ended before there was an answer, or there was none. */
  readonly status: number
  readonly ms: number
}

/** Plays the providers' end of the connection. */
export interface Sender {
  post(url: string, letter: Pick<Letter, 'provider' | 'headers' | 'body'>): Promise<Reply>
  close(): void
}

/** Who has not answered by then never will, in milliseconds. */
const GIVE_UP_MS = 30_000

export function createSender(connections: number): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })

  return {
    post: (url, { provider, headers, body }) =>
      new Promise((resolve) => {
        const began = performance.now()
        const answer = (status: number): void => resolve({ status, ms: performance.now() - began })
        const sent = request(
          `${url}/webhooks/${provider}`,
          {
            agent,
            method: 'POST',
            headers: { ...headers, 'content-length': Buffer.byteLength(body) },
            timeout: GIVE_UP_MS,
          },
          (response) => {
            response.resume()
            // the status line may arrive without the rest of it
            response.once('close', () => answer(response.complete ? (response.statusCode ?? 0) : 0))
          },
        )
        sent.once('timeout', () => sent.destroy())
        sent.once('error', () => answer(0))
        sent.end(body)
      }),
    close: () => agent.destroy(),
  }
}
