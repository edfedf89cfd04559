import type { MailEvent, QueueWorker } from '@bouncy/core'
import { type Job, UnrecoverableError, Worker } from 'bullmq'
import type { Settings } from './options.ts'
import { within } from './within.ts'

/** The end of the queue at which events come out. */
export interface Exit {
  start(worker: QueueWorker): void
  /** Takes no more jobs, and waits for those under way. */
  close(): Promise<void>
}

export function openExit(settings: Settings): Exit {
  const { connection, prefix, queueName, concurrency, limiter, attempts } = settings
  const { lockDuration, stalledInterval, enqueueWithinMs } = settings
  /** What the store has not been told of yet. */
  const underWay = new Set<Promise<unknown>>()
  let ours: QueueWorker | undefined
  let running: Promise<void> | undefined

  const worker = new Worker(queueName, processJob, {
    connection,
    prefix,
    autorun: false,
    concurrency,
    lockDuration,
    stalledInterval,
    // each of them is one of the job's attempts, which we count: the store would not know what BullMQ gives up
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    ...(limiter === undefined ? {} : { limiter }),
  })
  let silentUntil = 0
  worker.on('error', (error) => {
    if (performance.now() < silentUntil) return
    silentUntil = performance.now() + SILENCE_MS
    ours?.troubled(error)
  })

  async function processJob(job: Job<MailEvent>): Promise<void> {
    // what is left of a dead one, which somebody started again past bouncy.revive
    if (ours === undefined || job.data.recipient === undefined) throw new UnrecoverableError(REVIVE)
    const limit = job.opts.attempts ?? attempts
    const run = ours.run({ event: job.data, attempt: job.attemptsStarted, attempts: limit })
    // no longer than that: what comes after it waits for Redis
    underWay.add(run)
    const outcome = await run.finally(() => underWay.delete(run))
    if (outcome === 'settled') return
    if (outcome === 'failed') throw new Error('[bouncy/bullmq] a handler failed; see the log of the worker')
    const { id, provider, type } = job.data
    await job.updateData({ id, provider, type } as MailEvent)
    throw new UnrecoverableError('[bouncy/bullmq] the event is dead; bouncy.revive gives it a new job')
  }

  return {
    start(queueWorker) {
      ours = queueWorker
      running = worker.run().catch((error: unknown) => queueWorker.troubled(error))
    },
    async close() {
      const closed = Promise.all([worker.close(), running]).catch((error: unknown) => error)
      let trouble: unknown
      do {
        await Promise.allSettled(underWay)
        // without Redis this would wait for ever; what it is not told another worker finds settled
        const deadline = 'Redis does not answer; its jobs are left to other workers'
        trouble = await within(closed, enqueueWithinMs, deadline).catch((error: unknown) => error)
        // jobs that were on their way have begun meanwhile
      } while (underWay.size > 0)
      if (trouble instanceof Error) ours?.troubled(trouble)
    },
  }
}

/** A worker that gets errors for answers, from a replica say, asks again at once, thousands of times a second. */
const SILENCE_MS = 1_000

const REVIVE = '[bouncy/bullmq] nothing is left of this event here; use bouncy.revive'
