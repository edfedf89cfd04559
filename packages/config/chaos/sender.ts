import { Agent, request } from 'node:http'
import type { Letter } from './traffic.ts'

/** How a post was answered. */
export interface Reply {
  /** 0: the connection ended before there was an answer, or there was none. */
  readonly status: number
  readonly ms: number
}

type Posted = Pick<Letter, 'provider' | 'headers' | 'body'>

/** Plays the providers' end of the connection. */
export interface Sender {
  post(url: string, letter: Posted): Promise<Reply>
  close(): void
}

/** Who has not answered by then never will, in milliseconds. */
const GIVE_UP_MS = 30_000

export function createSender(connections: number): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })

  /** @returns nothing where a connection that was kept had been closed meanwhile, which says nothing of the receiver */
  function attempt(url: string, { provider, headers, body }: Posted): Promise<number | undefined> {
    return new Promise((resolve) => {
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
          response.once('close', () => resolve(response.complete ? (response.statusCode ?? 0) : 0))
        },
      )
      sent.once('timeout', () => sent.destroy())
      sent.once('error', (error: NodeJS.ErrnoException) =>
        resolve(sent.reusedSocket && error.code === 'ECONNRESET' ? undefined : 0),
      )
      sent.end(body)
    })
  }

  return {
    async post(url, letter) {
      const began = performance.now()
      let status: number | undefined
      while (status === undefined) status = await attempt(url, letter)
      return { status, ms: performance.now() - began }
    },
    close: () => agent.destroy(),
  }
}
