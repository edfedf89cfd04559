import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { describe, expect, it } from 'vitest'
import { NOW } from './batches.ts'
import { freshPaths } from './places.ts'

const freshPath = freshPaths()
const WRITER = new URL('writer.ts', import.meta.url).pathname

interface Writer {
  readonly process: ChildProcess
  /** `state:id` of each event whose record resolved. */
  readonly acknowledged: string[]
  /** The exit code, when all that was printed has been read. */
  readonly ended: Promise<unknown>
}

/** Starts a process that records; `onLine` runs for each batch that it was told is stored. */
function startWriter(
  args: readonly string[],
  onLine: (lines: number, child: ChildProcess) => void = () => {},
): Writer {
  const child = spawn(process.execPath, [WRITER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const acknowledged: string[] = []
  let lines = 0
  const output = createInterface({ input: child.stdout })
  output.on('line', (line) => {
    acknowledged.push(...line.split(' '))
    lines += 1
    onLine(lines, child)
  })
  const ended = Promise.all([once(child, 'exit'), once(output, 'close')]).then(([[code]]) => code as unknown)
  return { process: child, acknowledged, ended }
}

/** A number from 0 to below `bound`, always the same for a seed (mulberry32). */
function draw(seed: number, bound: number): number {
  let mixed = Math.imul(seed + 0x6d2b79f5, 1 | (seed + 0x6d2b79f5))
  mixed = (mixed ^ (mixed >>> 15)) + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
  return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
}

describe('one file', { timeout: 60_000 }, () => {
  it('is created and written by several processes at once, each event once', async () => {
    const path = freshPath()
    const names = ['a', 'b', 'c']
    const writers = names.map((name) => startWriter([path, name, '200', '100']))
    expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual([0, 0, 0])
    const said = writers.flatMap((writer) => writer.acknowledged)
    const fresh = said.filter((one) => one.startsWith('new:'))
    expect(new Set(fresh).size).toBe(fresh.length)
    expect(fresh).toHaveLength(100 + 3 * 100 * 3)
    expect(said.filter((one) => one.startsWith('settled:'))).toHaveLength(200)

    const store = sqliteStore(path)
    expect(await count(path)).toBe(fresh.length)
    const everybody = await store.findSuppressions(['everybody@example.com'])
    expect(everybody.map((one) => one.scope?.stream).sort()).toEqual(
      names.flatMap((name) => Array.from({ length: 20 }, (_, index) => `${name}-${index * 10}`)).sort(),
    )
    await store.close()
  })

  it.each([1, 2, 3, 4, 5])('holds every acknowledged event after kill -9 (seed %i)', async (seed) => {
    const path = freshPath()
    const last = 20 + draw(seed, 400)
    const writer = startWriter([path, 'a', '100000'], (lines, child) => {
      if (lines === last) child.kill('SIGKILL')
    })
    await writer.ended
    expect(writer.process.signalCode).toBe('SIGKILL')
    expect(writer.acknowledged.length).toBeGreaterThanOrEqual(last)

    const store = sqliteStore(path)
    const started = performance.now()
    const addresses = new Set<string>()
    const events = new Set<string>()
    for (let cursor: string | undefined; ; ) {
      const page = await store.events({ limit: 1000, ...(cursor === undefined ? {} : { cursor }) })
      for (const event of page.items) {
        events.add(event.id)
        addresses.add(event.recipient)
      }
      cursor = page.next
      if (cursor === undefined) break
    }
    expect(performance.now() - started).toBeLessThan(5000)
    const lost = writer.acknowledged.filter((said) => !events.has(said.replace('new:', '')))
    expect(lost, `seed ${seed}`).toEqual([])
    const suppressed = await store.findSuppressions([...addresses])
    expect(suppressed).toHaveLength(events.size)
    const { items } = await store.suppressions({ now: NOW, limit: 1000, prefix: 'everybody' })
    expect(new Set(items.map((one) => one.scope?.stream)).size).toBe(items.length)
    await store.close()
  })
})

async function count(path: string): Promise<number> {
  const database = new DatabaseSync(path)
  expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
  const { n } = database.prepare('select count(*) as n from bouncy_events').get() as { n: number }
  database.close()
  return n
}
