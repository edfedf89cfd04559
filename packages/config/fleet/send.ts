import { Agent, request } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Post } from './traffic.ts'

/** What the senders saw. */
export interface Sent {
  readonly genuine: number
  readonly duplicates: number
  readonly forged: number
  /** Forged posts that were answered 2xx. */
  readonly admitted: number
  /** Posts that were sent again, since nobody answered or the answer was 5xx. */
  readonly again: number
  /** Genuine posts that were answered 4xx: lost, if a provider were to send them. */
  readonly refused: number
  /** From the first post to the last answer, in seconds. */
  readonly seconds: number
}

/** Senders that are waiting for an answer at the same time. */
const AT_ONCE = 64
const AGAIN_AFTER_MS = 100

/** Sends everything, and sends again what was not taken, as providers do. */
export async function sendAll(port: number, posts: Iterable<Post>): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const waiting = posts[Symbol.iterator]()
  const counts = { genuine: 0, duplicate: 0, forged: 0, admitted: 0, again: 0, refused: 0 }
  const started = performance.now()

  async function send(post: Post): Promise<void> {
    counts[post.kind] += 1
    for (;;) {
      const status = await statusOf(agent, port, post).catch(() => 0)
      if (status >= 200 && status < 300) {
        if (post.kind === 'forged') counts.admitted += 1
        return
      }
      if (status >= 400 && status < 500) {
        if (post.kind !== 'forged') counts.refused += 1
        return
      }
      counts.again += 1
      await setTimeout(AGAIN_AFTER_MS)
    }
  }

  async function sendInTurn(): Promise<void> {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) await send(next.value)
  }

  await Promise.all(Array.from({ length: AT_ONCE }, sendInTurn))
  agent.destroy()
  const { duplicate: duplicates, ...others } = counts
  return { ...others, duplicates, seconds: (performance.now() - started) / 1_000 }
}

/** @returns the status of the answer, when all of it is there */
function statusOf(agent: Agent, port: number, { path, headers, body }: Post): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const sent = request({ agent, port, host: '127.0.0.1', method: 'POST', path, headers, timeout: 20_000 })
  sent.on('response', (response) => {
    response.on('error', reject)
    response.on('end', () => resolve(response.statusCode ?? 0))
    response.resume()
  })
  sent.on('timeout', () => sent.destroy(new Error('no answer')))
  sent.on('error', reject)
  sent.end(body)
  return promise
}
