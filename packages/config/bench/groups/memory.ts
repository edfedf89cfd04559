import { request } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Group, Terms } from '../group.ts'
import { start } from '../machine.ts'
import { median } from '../measure.ts'
import type { Row } from '../report.ts'
import type { ServerSpec } from '../server.ts'
import { soak } from '../soak.ts'
import type { BenchPost } from '../subject.ts'
import { loadSubject } from '../subjects.ts'

/** Memory of requests in flight, and over time. */
export const memory: Group = {
  name: 'memory',
  about: 'memory of a request in flight, and after a soak',
  async measure(terms) {
    const { rounds, short, soak: minutes } = terms
    const posts = (await loadSubject('ses')).posts(2 * IN_FLIGHT)
    const ours: number[] = []
    const byHand: number[] = []
    for (let round = 0; round < (short ? 1 : Math.min(rounds, 5)); round += 1) {
      terms.progress(`requests in flight, round ${round + 1}`)
      ours.push(await bytesInFlight('memory', posts, terms))
      byHand.push(await bytesInFlight('by-hand', posts, terms))
    }
    const row: Row = {
      name: 'a request in flight',
      ours: median(ours) / 1024,
      reference: median(byHand) / 1024,
      unit: 'kB',
      ratio: median(ours) / median(byHand),
      note: 'heap and buffers, its socket and a post of 2 kB included; to node:http by hand',
    }
    return minutes === 0 ? [row] : [row, await soak(minutes, terms)]
  },
}

const IN_FLIGHT = 500

/** What a server holds more than before when so many requests wait for an answer, for each. */
async function bytesInFlight(
  store: 'memory' | 'by-hand',
  posts: readonly BenchPost[],
  { built }: Terms,
): Promise<number> {
  const spec: ServerSpec = {
    folder: built.folder,
    subject: 'ses',
    accounts: ['ses'],
    framework: 'node',
    store,
    hold: true,
  }
  const server = start(new URL('../server.ts', import.meta.url), 0, spec, ['--expose-gc'])
  const port = await server.ask<number>({ what: 'port' })
  const held = async (): Promise<number> => {
    const { heapUsed, arrayBuffers } = await server.ask<NodeJS.MemoryUsage>({ what: 'memory' })
    return heapUsed + arrayBuffers
  }
  try {
    // the first half makes the compiler and the caches ready
    const first = await hang(port, posts.slice(0, IN_FLIGHT))
    const before = await held()
    const second = await hang(port, posts.slice(IN_FLIGHT))
    const after = await held()
    for (const one of [...first, ...second]) one.destroy()
    return (after - before) / IN_FLIGHT
  } finally {
    await server.stop()
  }
}

/** Posts that are not answered. */
async function hang(port: number, posts: readonly BenchPost[]) {
  const requests = posts.map(({ headers, body }) => {
    const sent = request({
      port,
      host: '127.0.0.1',
      path: '/webhooks/ses',
      method: 'POST',
      headers,
      agent: false,
    })
    sent.on('error', () => {})
    sent.end(body)
    return sent
  })
  await Promise.all(requests.map((one) => new Promise((resolve) => one.once('finish', resolve))))
  // nothing tells that the server has come as far as the store
  await setTimeout(1_500)
  return requests
}
