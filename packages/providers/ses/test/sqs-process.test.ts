import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { sesPosts } from '@bouncy/ses/testing'
import { createSnsSigner } from '@bouncy/sns/testing'
import { sqliteStore } from '@bouncy/sql/sqlite'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type Aws, startAws, type TestQueue } from './sqs-stage.ts'

const CONSUMER = new URL('sqs-consumer.ts', import.meta.url).pathname
const topicArn = 'arn:aws:sns:us-east-1:111122223333:mail-events'
const signer = createSnsSigner()
const posts = sesPosts({ signer, topicArn })

const folder = mkdtempSync(join(tmpdir(), 'bouncy-sqs-'))
const certificate = join(folder, 'certificate.pem')
const children: ChildProcess[] = []
let aws: Aws
beforeAll(async () => {
  writeFileSync(certificate, signer.certificate)
  aws = await startAws()
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await aws.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Consumer {
  readonly process: ChildProcess
  /** `attempt id` of each event whose handler ran. */
  readonly handled: readonly string[]
  /** The exit code, when all that was printed has been read. */
  readonly ended: Promise<unknown>
}

/** Starts a process that consumes; `onHandled` runs for each event that it says was handled. */
function startConsumer(
  queue: TestQueue,
  database: string,
  onHandled: (count: number, child: ChildProcess) => void = () => {},
): Consumer {
  const args = [CONSUMER, aws.endpoint, queue.url, topicArn, certificate, database]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const handled: string[] = []
  const output = createInterface({ input: child.stdout })
  output.on('line', (line) => {
    handled.push(line)
    onHandled(handled.length, child)
  })
  const ended = Promise.all([once(child, 'exit'), once(output, 'close')]).then(([[code]]) => code as unknown)
  return { process: child, handled, ended }
}

const SOFT = 40
const HARD = 20

it('a consumer that is killed loses nothing and does nothing twice', { timeout: 120_000 }, async () => {
  const database = join(folder, 'bouncy.db')
  const queue = aws.queue()
  // four soft bounces are let pass; were one of them counted twice, the address would be suppressed
  const softly = (index: number) =>
    posts.bounce({
      recipients: [`soft${index}@example.com`],
      bounceType: 'Transient',
      bounceSubType: 'MailboxFull',
    }).body
  const hard = (index: number) => posts.bounce({ recipients: [`hard${index}@example.com`] }).body
  for (let round = 0; round < 4; round += 1) {
    queue.send(...Array.from({ length: SOFT }, (_, index) => softly(index)))
    queue.send(...Array.from({ length: HARD / 4 }, (_, index) => hard((round * HARD) / 4 + index)))
  }
  const all = 4 * SOFT + HARD
  expect(queue.size()).toBe(all)

  const handled: string[] = []
  let interrupted = 0
  for (const last of [1, 12, 45]) {
    const killed = startConsumer(queue, database, (count, child) => {
      if (count === last) child.kill('SIGKILL')
    })
    await killed.ended
    expect(killed.process.signalCode).toBe('SIGKILL')
    handled.push(...killed.handled)
    interrupted += queue.hidden()
    expect(all - queue.size()).toBeLessThanOrEqual(handled.length)
  }
  expect(interrupted).toBeGreaterThan(0)
  expect(queue.size()).toBeLessThan(all)

  const last = startConsumer(queue, database)
  await vi.waitFor(() => expect(queue.size()).toBe(0), { timeout: 60_000, interval: 50 })
  last.process.kill('SIGTERM')
  expect(await last.ended).toBe(0)
  handled.push(...last.handled)
  expect(queue.dead()).toEqual([])

  const store = sqliteStore(database)
  const { items } = await store.events({ limit: 1000 })
  expect(items).toHaveLength(all)
  const { items: suppressed } = await store.suppressions({ now: Date.now(), limit: 1000 })
  expect(suppressed.map(({ address }) => address).sort()).toEqual(
    Array.from({ length: HARD }, (_, index) => `hard${index}@example.com`).sort(),
  )
  // settling is not waited for: what a kill left unsettled has been handled, and would be once more
  const unsettled = await store.claim({
    now: Number.MAX_SAFE_INTEGER,
    dueBy: Number.MAX_SAFE_INTEGER,
    leaseUntil: 0,
    limit: 1000,
  })
  expect(unsettled.length).toBeLessThanOrEqual(3 * 20)
  await store.close()

  const times = Map.groupBy(handled, (line) => line.split(' ')[1])
  expect(new Set(times.keys())).toEqual(new Set(items.map(({ id }) => id)))
  // only what a kill interrupted runs again, and knows it: at most two batches a kill
  const again = [...times.values()].filter((lines) => lines.length > 1)
  expect(again.length).toBeLessThanOrEqual(3 * 20)
  for (const lines of again) {
    const attempts = lines.map((line) => Number(line.split(' ')[0]))
    expect(new Set(attempts).size, lines.join()).toBe(attempts.length)
  }
})
