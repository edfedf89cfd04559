import { readFileSync } from 'node:fs'
import autocannon from 'autocannon'
import { answer } from './machine.ts'
import { quantile } from './measure.ts'
import type { BenchPost } from './subject.ts'

/** What is to be posted where. */
export interface LoadOrder {
  readonly port: number
  readonly path: string
  /** Each posts an equal share of the posts, one after the other. */
  readonly connections: number
}

/** How it went. */
export interface Loaded {
  readonly perSecond: number
  /** Milliseconds; of each connection all posts but the first, which waits for fifty connections to be opened. */
  readonly p99: number
}

const { file } = JSON.parse(process.argv[2] ?? '') as { readonly file: string }
const posts = JSON.parse(readFileSync(file, 'utf8')) as readonly BenchPost[]

answer(async ({ port, path, connections }: LoadOrder): Promise<Loaded> => {
  const share = Math.floor(posts.length / connections)
  let next = 0
  let started = 0
  let ended = 0
  const waited: number[] = []
  const result = await autocannon({
    url: `http://127.0.0.1:${port}${path}`,
    connections,
    amount: share * connections,
    setupClient(client) {
      const own = posts.slice(next, next + share)
      next += share
      client.setRequests(own.map(({ headers, body }) => ({ method: 'POST', headers: { ...headers }, body })))
      if (started === 0) started = performance.now()
      let isOpen = false
      client.on('response', (_status, _bytes, milliseconds) => {
        ended = performance.now()
        if (isOpen) waited.push(milliseconds)
        isOpen = true
      })
    },
  })
  const { errors, non2xx } = result
  if (errors + non2xx > 0) throw new Error(`${errors} errors and ${non2xx} refusals from ${path}`)
  return { perSecond: (share * connections * 1_000) / (ended - started), p99: quantile(waited, 0.99) }
})
