import { writeSync } from 'node:fs'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { batchOf, suppressing } from './batches.ts'

/**
 * A process of its own that records bounces, 16 batches at a time, and prints the ids of a batch when it has been told
 * that they are stored. Arguments: path, the name of the process, how many batches, and how many of them everybody sends.
 */
const [path = '', name = '', batches = '0', shared = '0'] = process.argv.slice(2)

const store = sqliteStore(path)
let next = 0

async function work(): Promise<void> {
  while (next < Number(batches)) {
    const index = next
    next += 1
    const ids =
      index < Number(shared) ? [`shared${index}`] : [1, 2, 3].map((part) => `${name}-${index}-${part}`)
    const scope = { stream: `${name}-${index}` }
    const everybodys = {
      ...suppressing('x', 'everybody@example.com').mark,
      id: `toy_${name}${index}`,
      scope,
    } as const
    const batch = batchOf(...ids)
    const { events } = await store.record({
      ...batch,
      marks: [
        ...batch.marks,
        ...(index % 10 === 0 ? [{ key: 'everybody@example.com', mark: everybodys }] : []),
      ],
    })
    writeSync(1, `${events.map((event) => `${event.state}:${event.id}`).join(' ')}\n`)
  }
}

await Promise.all(Array.from({ length: 16 }, work))
await store.close()
