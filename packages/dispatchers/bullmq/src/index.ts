import type { Dispatcher } from '@bouncy/core'
import { openEntrance } from './enqueue.ts'
import { type BullmqDispatcherOptions, settingsOf } from './options.ts'
import { openExit } from './work-off.ts'

export type { BullmqDispatcherOptions } from './options.ts'

/**
 * Runs handlers from a BullMQ queue in Redis or Valkey: each event is enqueued once after its commit, and settled by the
 * worker that ran its handlers. What Redis loses is enqueued again.
 *
 * @throws TypeError a missing connection, a number out of range, an unknown option
 * @example
 * const connection = new Redis({ maxRetriesPerRequest: null })
 * createBouncy({ providers, store, dispatcher: bullmqDispatcher({ connection, work: false }) }) // a receiver
 * createBouncy({ providers, store, dispatcher: bullmqDispatcher({ connection }) }).on('bounce', handler) // a worker
 */
export function bullmqDispatcher(options: BullmqDispatcherOptions): Dispatcher {
  const settings = settingsOf(options)
  const entrance = openEntrance(settings)
  const exit = settings.work ? openExit(settings) : undefined

  return {
    leaseMs: settings.enqueueAgainAfterMs,
    ...(settings.types === undefined ? {} : { types: settings.types }),
    dispatch: entrance.enqueue,
    ...(exit === undefined ? {} : { work: exit.start }),
    async close() {
      await exit?.close()
      await entrance.close()
    },
  }
}
