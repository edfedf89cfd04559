import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { sqlStore } from '@bouncy/sql'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { bounce, NOW } from './batches.ts'
import { freshPaths, kyselyOver } from './places.ts'
import { bouncyOver, send } from './toy.ts'

const freshPath = freshPaths()
const KIM = 'kim.müller-lee@example.com'
const SPELLINGS = [KIM, 'KIM.MüLLER-LEE@EXAMPLE.COM', 'Kim.Müller-Lee@Example.com']

/** How often the address stands in the files of a database, in any spelling. */
function traces(path: string): number {
  const files = ['', '-wal', '-shm', '-journal'].map((end) => path + end).filter((file) => existsSync(file))
  const bytes = files.map((file) => readFileSync(file).toString().toLowerCase()).join()
  return bytes.split(KIM).length - 1
}

/** A number from 0 to 1, always the same for a seed (mulberry32). */
function draws(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Sends events of many people in no order, so that rows move from page to page; every tenth is Kim's or names Kim. */
async function fill(bouncy: ReturnType<typeof bouncyOver>, seed: number): Promise<void> {
  const draw = draws(seed)
  for (let part = 0; part < 12; part += 1) {
    const sent = Array.from({ length: 100 }, (_, index) => {
      const id = `${Math.floor(draw() * 1e9).toString(36)}-${part}-${index}`
      const spelt = SPELLINGS[Math.floor(draw() * SPELLINGS.length)] ?? KIM
      const kims = draw() < 0.1
      const names = draw() < 0.1
      return bounce(id, {
        recipient: kims ? spelt : `${id}@example.org`,
        messageId: names ? `${id}.${KIM}` : id,
        diagnostic: names ? `550 <${spelt}> unknown` : '550 unknown',
        raw: { text: (names || kims ? spelt : 'x') + '.'.repeat(Math.floor(draw() ** 3 * 9_000)) },
      })
    })
    expect((await send(bouncy, ...sent, { riddle: { part, to: SPELLINGS[part % 3] } })).status).toBe(200)
  }
  await bouncy.suppress({ address: KIM, reason: 'manual', note: `for ${KIM}`, actor: 'max' })
  await bouncy.suppress({ address: 'ann@example.org', reason: 'manual', note: `with ${KIM}`, actor: 'max' })
  await bouncy.unsuppress('ann@example.org', { actor: `Kim <${KIM}>`, note: `not like ${KIM}` })
  await bouncy.unsuppress(KIM, { actor: KIM })
  await bouncy.suppress({ address: KIM, reason: 'manual', actor: KIM })
}

/** What another process leaves in a file: it deletes carelessly. */
const LEAVES = `
  const { DatabaseSync } = require('node:sqlite')
  const database = new DatabaseSync(process.argv[1])
  database.exec('create table if not exists leftovers (text)')
  database.prepare('insert into leftovers values (?)').run(process.argv[2])
  database.exec('delete from leftovers; pragma wal_checkpoint(truncate)')
`

/** Read by another process, for to close the file in this one would end the locks on it. */
const readFileIn = (path: string): string =>
  spawnSync('cat', [path], { encoding: 'latin1', maxBuffer: 1 << 27 }).stdout

/** In short transactions with short pauses between them. */
const READS_ALL_THE_TIME = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { DatabaseSync } = require('node:sqlite')
  const database = new DatabaseSync(workerData)
  const wait = (milliseconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
  for (;;) {
    database.exec('begin; select count(*) from bouncy_events')
    parentPort.postMessage('reading')
    wait(8)
    database.exec('commit')
    wait(2)
  }
`

describe('after bouncy.erase', { timeout: 30_000 }, () => {
  afterEach(() => void vi.useRealTimers())

  it.each([1, 2, 3])('the address is in no file of the database (seed %i)', async (seed) => {
    const path = freshPath()
    const bouncy = bouncyOver(sqliteStore(path), () => NOW)
    await fill(bouncy, seed)
    expect(traces(path)).toBeGreaterThan(300)
    await bouncy.erase(KIM)
    expect(traces(path), `seed ${seed}`).toBe(0)
    expect(await bouncy.isSuppressed(KIM)).toBe(true)
    expect((await bouncy.audit({})).items.filter(({ note }) => note !== undefined)).toEqual([])
    expect((await bouncy.audit({ address: 'ann@example.org' })).items).toHaveLength(2)
    await bouncy.close()
    expect(traces(path)).toBe(0)
    const database = new DatabaseSync(path)
    expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
    expect(database.prepare('select count(*) as n from bouncy_events').get()).toEqual({ n: 1200 })
    database.close()
  })

  it.each([
    ['as it is', KIM],
    ['in capitals', KIM.toUpperCase()],
  ])('not even what was deleted before deleting was secure, %s', async (_, spelt) => {
    const path = freshPath()
    const bouncy = bouncyOver(sqliteStore(path), () => NOW)
    await send(bouncy, bounce('a', { recipient: KIM }))
    const careless = new DatabaseSync(path)
    careless.exec('create table leftovers (text)')
    for (let index = 0; index < 99; index += 1) {
      careless.prepare('insert into leftovers values (?)').run(`${spelt} ${'.'.repeat(index * 9)}`)
    }
    careless.exec('delete from leftovers; pragma wal_checkpoint(truncate)')
    careless.close()
    expect(traces(path)).toBeGreaterThan(10)
    await bouncy.erase(KIM)
    expect(traces(path)).toBe(0)
    await bouncy.close()
  })

  it.each([
    ['a row goes on in', 485],
    ['an overflow page goes on in', 485 + 4092],
  ])('not even what stands across the page that %s', async (_, boundary) => {
    const path = freshPath()
    const max = 'Max.Lee@example.com'
    const bouncy = bouncyOver(sqliteStore(path), () => NOW)
    await send(bouncy, bounce('a'))
    for (let cut = 1; cut < max.length; cut += 1) {
      const careless = new DatabaseSync(path)
      careless.exec('create table if not exists leftovers (text)')
      const text = `${'-'.repeat(boundary - cut)}${max}`.padEnd(485 + 3 * 4092, '-')
      // the first page that is freed is written to
      for (const one of ['.'.repeat(9_000), text]) {
        careless.prepare('insert into leftovers values (?)').run(one)
      }
      careless.exec('delete from leftovers; pragma wal_checkpoint(truncate)')
      careless.close()
      const before = readFileSync(path).toString('latin1')
      expect(before).not.toContain(max)
      expect(before).toContain(`---${max.slice(0, cut)}`)
      expect(before).toContain(`${max.slice(cut)}---`)
      await bouncy.erase(max)
      expect(readFileSync(path).toString('latin1'), `cut at ${cut}`).not.toContain('---')
    }
    await bouncy.close()
  })

  it.runIf(existsSync('/proc/locks'))('other processes still see that the file is in use', async () => {
    const path = freshPath()
    const bouncy = bouncyOver(sqliteStore(path), () => NOW)
    await send(bouncy, bounce('a', { recipient: KIM }))
    const { ino } = statSync(path)
    const isInUse = (): boolean =>
      readFileSync('/proc/locks', 'utf8')
        .split('\n')
        .some((lock) => lock.includes(` ${process.pid} `) && lock.includes(`:${ino} `))
    expect(isInUse()).toBe(true)
    await bouncy.erase(KIM)
    await bouncy.erase('max@example.com')
    expect(isInUse()).toBe(true)
    for (const found of ['max@example.com', 'ann@example.com']) {
      spawnSync(process.execPath, ['-e', LEAVES, path, found])
      expect(readFileIn(path)).toContain(found)
      await bouncy.erase(found)
      expect(readFileIn(path)).not.toContain(found)
      expect(isInUse()).toBe(true)
    }
    await bouncy.close()
    expect(isInUse()).toBe(false)
  })

  it.each([
    ['a handle', (handle: DatabaseSync) => sqliteStore(handle)],
    [
      'a Kysely of your own',
      (handle: DatabaseSync) => sqlStore({ db: kyselyOver(handle), dialect: 'sqlite' }),
    ],
  ])('it is in no table and no log of %s', async (_, open) => {
    const path = freshPath()
    const handle = new DatabaseSync(path)
    handle.exec('pragma journal_mode = wal')
    const bouncy = bouncyOver(open(handle), () => NOW)
    await fill(bouncy, 4)
    await bouncy.erase(KIM)
    expect(readFileSync(`${path}-wal`)).toHaveLength(0)
    handle.exec('vacuum; pragma wal_checkpoint(truncate)')
    expect(traces(path)).toBe(0)
    handle.close()
  })

  it('the address is in no file though others read all the time', async () => {
    const path = freshPath()
    const bouncy = bouncyOver(sqliteStore(path), () => NOW)
    await send(bouncy, bounce('a', { recipient: KIM }))
    const reader = new Worker(READS_ALL_THE_TIME, { eval: true, workerData: path })
    await once(reader, 'message')
    for (let round = 0; round < 5; round += 1) {
      const careless = new DatabaseSync(path)
      careless.exec(`create table if not exists leftovers (text); insert into leftovers values ('${KIM}')`)
      careless.exec('delete from leftovers')
      careless.close()
      await bouncy.erase(KIM)
      expect(traces(path), `round ${round}`).toBe(0)
    }
    await reader.terminate()
    await bouncy.close()
  })

  it('the log is empty, or it says why not, and does it the next time', async () => {
    const path = freshPath()
    const bouncy = bouncyOver(sqliteStore(path), () => NOW)
    await send(bouncy, bounce('a', { recipient: KIM, raw: { to: KIM } }))
    const reader = new DatabaseSync(path)
    reader.exec('begin')
    reader.prepare('select count(*) from bouncy_events').get()
    vi.useFakeTimers({ toFake: ['performance'] })
    const erasing = bouncy.erase(KIM)
    const waiting = setInterval(() => vi.advanceTimersByTime(1_000), 5)
    await expect(erasing).rejects.toThrow(/somebody has been reading .* erase it once more/)
    clearInterval(waiting)
    reader.close()
    await bouncy.erase(KIM)
    expect(traces(path)).toBe(0)
    await bouncy.close()
  })
})
