import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { showPost } from './post.ts'
import { BATCH, type Outcome, runBatch, type Series, seriesOf } from './run-cases.ts'
import type { FuzzCase, FuzzTarget } from './target.ts'

/** Which cases a thread runs. */
export interface Task {
  /** The file that exports `target`. */
  readonly file: string
  readonly name: string
  readonly mode: string
  readonly seed: number
  /** How many the whole run has. */
  readonly cases: number
  /** Batches are dealt out: this thread takes each `threads`th one. */
  readonly thread: number
  readonly threads: number
  /** Milliseconds since the epoch when to stop. */
  readonly until: number
  /** Only the batch of this case is run, up to it, and only what comes of that case is told. */
  readonly only?: number
  /** Where the number of the case under way is written, for whoever watches from outside. */
  readonly underWay: SharedArrayBuffer
}

/** What a thread tells. */
export type Message =
  | { readonly kind: 'batch'; readonly statuses: ReadonlyMap<number, number> }
  | { readonly kind: 'finding'; readonly finding: Finding }
  /** A part of the report on the one case; it comes in two, lest a case that never ends be not shown. */
  | { readonly kind: 'replayed'; readonly report: string }
  /** A mistake in the target or in the fuzzer. */
  | { readonly kind: 'broken'; readonly error: string }
  | { readonly kind: 'ready' | 'done' }

/** A case that showed a fault. */
export interface Finding {
  readonly case: number
  readonly fault: string
  /** What was done to the request. */
  readonly name: string
}

const task = workerData as Task
const underWay = new Int32Array(task.underWay)
const tell = (message: Message): void => parentPort?.postMessage(message)

/** What was thrown where nobody caught it, since it was looked at last. */
const strays: string[] = []
process.on('unhandledRejection', (reason) => strays.push(`left a rejection unhandled: ${reason}`))
process.on('uncaughtException', (error) => strays.push(`threw where nobody catches: ${error}`))

try {
  const { target } = (await import(pathToFileURL(task.file).href)) as { readonly target: FuzzTarget }
  const series = seriesOf(target, task.name, task.mode, task.seed)
  tell({ kind: 'ready' })
  await (task.only === undefined ? runShare(series) : replay(series, task.only))
  tell({ kind: 'done' })
} catch (error) {
  tell({ kind: 'broken', error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
}

async function runShare(series: Series): Promise<void> {
  const batches = Math.ceil(task.cases / BATCH)
  for (let batch = task.thread; batch < batches && Date.now() < task.until; batch += task.threads) {
    const statuses = new Map<number, number>()
    for await (const outcome of runBatch(series, batch, task.cases - batch * BATCH, begin)) {
      const status = outcome.observed.reply?.status ?? 0
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      await tellFaults(outcome)
      if (Date.now() >= task.until) break
    }
    tell({ kind: 'batch', statuses })
  }
}

async function replay(series: Series, only: number): Promise<void> {
  const batch = Math.floor(only / BATCH)
  function show(number: number, { name, post }: FuzzCase): void {
    begin(number)
    if (number === only) tell({ kind: 'replayed', report: `case ${number}: ${name}\n${showPost(post)}` })
  }
  for await (const outcome of runBatch(series, batch, only - batch * BATCH + 1, show)) {
    if (outcome.number < only) {
      await turn()
      strays.length = 0
      continue
    }
    tell({ kind: 'replayed', report: outcomeOf(outcome) })
    tell({ kind: 'batch', statuses: new Map([[outcome.observed.reply?.status ?? 0, 1]]) })
    await tellFaults(outcome)
  }
}

async function tellFaults({ number, case: { name }, faults }: Outcome): Promise<void> {
  await turn()
  for (const fault of [...faults, ...strays.splice(0)]) {
    tell({ kind: 'finding', finding: { case: number, fault, name } })
  }
}

function begin(number: number): void {
  Atomics.store(underWay, 0, number)
}

/** Lets the event loop come round, which is when rejections are found to be unhandled. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function outcomeOf({ observed: { reply, thrown, requests, computedMs } }: Outcome): string {
  return [
    `→ ${reply?.status ?? 'no reply'} in ${computedMs.toFixed(1)} ms`,
    ...thrown.map(
      ({ step, error }) => `  ${step} threw ${error instanceof Error ? error.stack : String(error)}`,
    ),
    ...requests.map((url) => `  asked for ${JSON.stringify(url)}`),
  ].join('\n')
}
