import type { DispatchedEvent } from '@bouncy/core'
import { Queue } from 'bullmq'
import { jobId } from './job-id.ts'
import type { Settings } from './options.ts'
import { within } from './within.ts'

/** The end of the queue at which events come in. */
export interface Entrance {
  enqueue(events: readonly DispatchedEvent[]): Promise<void>
  close(): Promise<void>
}

export function openEntrance(settings: Settings): Entrance {
  const { connection, prefix, queueName, attempts, backoff, keepDead, enqueueWithinMs } = settings
  const queue = new Queue(queueName, { connection, prefix })
  // whoever enqueues is told; what happens in between is the client's to report
  queue.on('error', () => {})
  /** What Redis has not answered in time, and may still do. */
  let overdue = 0

  async function enqueue(events: readonly DispatchedEvent[]): Promise<void> {
    const wanting = await Promise.all(
      events.map(async (one) => (one.again && (await hasJob(one.event.id)) ? [] : [one])),
    )
    const wanted = wanting.flat()
    if (wanted.length === 0) return
    await queue.addBulk(
      wanted.map(({ event }) => ({
        name: event.type,
        data: event,
        opts: {
          jobId: jobId(event.id),
          attempts,
          backoff,
          // its id is free again then: that it ran is what the store knows
          removeOnComplete: true,
          removeOnFail: keepDead === 0 ? true : keepDead,
        },
      })),
    )
  }

  /** Whether it waits or is being worked on; BullMQ adds no job in the place of a dead one, so that one is removed. */
  async function hasJob(eventId: string): Promise<boolean> {
    const id = jobId(eventId)
    const job = await queue.getJob(id)
    if (job === undefined) return false
    if (!(await job.isFailed())) return true
    await queue.remove(id)
    return false
  }

  return {
    async enqueue(events) {
      // a client keeps what it cannot send, so while Redis is away it must not be given more and more
      if (overdue > 0) throw new Error('[bouncy/bullmq] Redis does not answer')
      const enqueued = enqueue(events)
      let answered = false
      const answer = (): void => {
        answered = true
      }
      enqueued.then(answer, answer)
      try {
        await within(enqueued, enqueueWithinMs, 'Redis did not answer within enqueueWithinMs')
      } finally {
        if (!answered) {
          overdue += 1
          const settle = (): void => {
            overdue -= 1
          }
          enqueued.then(settle, settle)
        }
      }
    },
    close: () => within(queue.close(), enqueueWithinMs, 'the queue could not be closed').catch(() => {}),
  }
}
