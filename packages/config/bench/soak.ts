import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Terms } from './group.ts'
import type { Loaded, LoadOrder } from './load.ts'
import { start } from './machine.ts'
import { median } from './measure.ts'
import type { Row } from './report.ts'
import type { ServerSpec } from './server.ts'
import { loadSubject } from './subjects.ts'

const POSTS = 4_000
/** Accounts that take the same posts one after the other, where they are other events: enough for the time it lasts. */
const ACCOUNTS_A_MINUTE = 120

/**
 * Keeps a server under load, with new events all the time, and reads after each pass, garbage collected, what it holds.
 *
 * @returns the last quarter of the readings to the second
 */
export async function soak(minutes: number, { built, progress }: Terms): Promise<Row> {
  const accounts = Array.from({ length: ACCOUNTS_A_MINUTE * minutes }, (_, index) => `postmark-${index}`)
  const file = join(built.folder, 'soak.json')
  writeFileSync(file, JSON.stringify((await loadSubject('postmark')).posts(POSTS)))
  const spec: ServerSpec = {
    folder: built.folder,
    subject: 'postmark',
    accounts,
    framework: 'node',
    store: 'sqlite',
    handler: true,
    together: true,
  }
  const server = start(new URL('./server.ts', import.meta.url), 0, spec, ['--expose-gc'])
  const loader = start(new URL('./load.ts', import.meta.url), 1, { file })
  const heaps: number[] = []
  const residents: number[] = []
  try {
    const port = await server.ask<number>({ what: 'port' })
    const ends = performance.now() + minutes * 60_000
    for (let pass = 0; performance.now() < ends; pass += 1) {
      const account = accounts[pass]
      if (account === undefined) throw new Error('there are too few accounts for a machine this fast')
      const order: LoadOrder = { port, path: `/webhooks/${account}`, connections: 50 }
      await loader.ask<Loaded>(order)
      const { heapUsed, arrayBuffers, rss } = await server.ask<NodeJS.MemoryUsage>({ what: 'memory' })
      heaps.push(heapUsed + arrayBuffers)
      residents.push(rss)
      progress(`soak, ${((pass + 1) * POSTS).toLocaleString('en')} posts, ${megabytes(heapUsed)} MB of heap`)
    }
  } finally {
    await Promise.all([server.stop(), loader.stop()])
  }
  const [early, late] = quarters(heaps)
  const [residentEarly, residentLate] = quarters(residents)
  return {
    name: `soak of ${minutes} min`,
    ours: late / 2 ** 20,
    reference: early / 2 ** 20,
    unit: 'MB',
    ratio: late / early,
    bar: { atMost: 1.1 },
    note: `the last quarter of ${(heaps.length * POSTS).toLocaleString('en')} posts to the second; resident ${megabytes(residentEarly)} to ${megabytes(residentLate)} MB`,
  }
}

function quarters(readings: readonly number[]): readonly [number, number] {
  const quarter = Math.max(1, Math.floor(readings.length / 4))
  return [median(readings.slice(quarter, 2 * quarter + 1)), median(readings.slice(-quarter))]
}

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)
