import type { DispatchedEvent, Dispatcher, QueueWorker } from '@bouncy/core'

interface Job extends DispatchedEvent {
  attempt: number
  at: 'waiting' | 'given up'
}

/** A queue in this process's memory, as small as a dispatcher can be, which several dispatchers may share. */
export interface ToyQueue {
  readonly jobs: Map<string, Job>
  /** How often a job was asked for, though it was there already or not. */
  asked: number
  /** Refuses what comes, as a queue that cannot be reached. */
  broken: boolean
  /** Works off one job. @returns what became of it; nothing where there is none */
  work(): Promise<string | undefined>
  dispatcher(options?: Partial<Dispatcher> & { readonly works?: boolean }): Dispatcher
}

/** @param attempts how often a job is tried */
export function toyQueue(attempts = 3): ToyQueue {
  const jobs = new Map<string, Job>()
  const workers: QueueWorker[] = []

  const queue: ToyQueue = {
    jobs,
    asked: 0,
    broken: false,
    async work() {
      const [worker] = workers
      const entry = [...jobs].find(([, job]) => job.at === 'waiting')
      if (worker === undefined || entry === undefined) return undefined
      const [id, job] = entry
      jobs.delete(id)
      job.attempt += 1
      const outcome = await worker.run({ event: job.event, attempt: job.attempt, attempts })
      if (outcome !== 'settled') jobs.set(id, { ...job, at: outcome === 'dead' ? 'given up' : 'waiting' })
      return outcome
    },
    dispatcher: ({ works = true, ...overrides } = {}) => ({
      leaseMs: 60_000,
      async dispatch(events) {
        if (queue.broken) throw new Error('no connection to redis://:secret@10.0.0.1')
        for (const one of events) {
          queue.asked += 1
          const there = jobs.get(one.event.id)
          if (there === undefined || (one.again && there.at === 'given up')) {
            jobs.set(one.event.id, { ...one, attempt: 0, at: 'waiting' })
          }
        }
      },
      ...(works ? { work: (worker: QueueWorker) => void workers.push(worker) } : {}),
      async close() {},
      ...overrides,
    }),
  }
  return queue
}
