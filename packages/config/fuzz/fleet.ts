import { Worker } from 'node:worker_threads'
import type { Finding, Message, Task } from './worker.ts'

export type { Finding } from './worker.ts'

/** A run of one mode of one target. */
export interface Run extends Omit<Task, 'thread' | 'underWay'> {
  /** A case that takes longer will not end any more: its thread is ended. Milliseconds. @default 15,000 */
  readonly stuckAfterMs?: number
}

/** What came of it. */
export interface Result {
  /** How many cases were answered with each status; 0: not answered. */
  readonly statuses: ReadonlyMap<number, number>
  readonly findings: readonly Finding[]
  /** From the first case to the last, in seconds. */
  readonly seconds: number
  /** The whole case, where one was replayed. */
  readonly report?: string
}

/** Runs cases in threads, so that one which never ends, or ends the process, is a finding like others. */
export async function runFleet(run: Run, progress: (soFar: Result) => void = () => {}): Promise<Result> {
  const statuses = new Map<number, number>()
  const findings: Finding[] = []
  let report: string | undefined
  let started: number | undefined

  const result = (): Result => ({
    statuses,
    findings,
    seconds: started === undefined ? 0 : (performance.now() - started) / 1_000,
    ...(report === undefined ? {} : { report }),
  })

  function listen(message: Message): void {
    if (message.kind === 'ready') started ??= performance.now()
    if (message.kind === 'finding') findings.push(message.finding)
    if (message.kind === 'replayed')
      report = report === undefined ? message.report : `${report}\n${message.report}`
    if (message.kind !== 'batch') return
    for (const [status, count] of message.statuses) statuses.set(status, (statuses.get(status) ?? 0) + count)
    progress(result())
  }

  const threads = run.only === undefined ? run.threads : 1
  await Promise.all(
    Array.from({ length: threads }, async (_, thread) => {
      const died = await runThread({ ...run, thread }, run.stuckAfterMs ?? 15_000, listen)
      if (died !== undefined) findings.push(died)
    }),
  )
  return { ...result(), findings: findings.toSorted((a, b) => a.case - b.case) }
}

/** @returns what ended the thread, unless it came to its end by itself */
async function runThread(
  task: Omit<Task, 'underWay'>,
  stuckAfterMs: number,
  listen: (message: Message) => void,
): Promise<Finding | undefined> {
  const underWay = new Int32Array(new SharedArrayBuffer(4)).fill(-1)
  const workerData: Task = { ...task, underWay: underWay.buffer }
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData })
  const { promise: ended, resolve: end } = Promise.withResolvers<string | undefined>()
  let last: Message | undefined
  worker.on('message', (message: Message) => {
    last = message
    listen(message)
  })
  worker.on('error', (error) => end(`ended the process: ${error}`))
  worker.on('exit', (code) =>
    end(last?.kind === 'done' ? undefined : `ended the process with exit code ${code}`),
  )
  const stopWatching = watch(underWay, stuckAfterMs, () => end(`did not end within ${stuckAfterMs} ms`))
  const fault = await ended
  stopWatching()
  await worker.terminate()
  const number = Atomics.load(underWay, 0)
  if (last?.kind === 'broken')
    throw new Error(`${task.name} ${task.mode}, after case ${number}: ${last.error}`)
  if (fault !== undefined && number < 0)
    throw new Error(`${task.name} ${task.mode} cannot be set up: ${fault}`)
  return fault === undefined ? undefined : { case: number, fault, name: 'see --case' }
}

/** Calls when the number stays the same for too long. */
function watch(underWay: Int32Array, stuckAfterMs: number, call: () => void): () => void {
  let last = -1
  let since = performance.now()
  const timer = setInterval(() => {
    const number = Atomics.load(underWay, 0)
    if (number !== last) {
      last = number
      since = performance.now()
    } else if (number >= 0 && performance.now() - since > stuckAfterMs) call()
  }, stuckAfterMs / 10)
  return () => clearInterval(timer)
}
