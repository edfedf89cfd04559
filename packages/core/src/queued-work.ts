import type { Settings } from './bouncy.ts'
import type { DispatchedEvent, Dispatcher, QueuedEvent, QueueWorker } from './dispatcher.ts'
import type { Handlers } from './handlers.ts'
import { errorFacts } from './logger.ts'
import { recordEvents } from './record-events.ts'
import { factsOf, runEvent } from './run-event.ts'
import { createSettler } from './settler.ts'
import { createSweep } from './sweep.ts'
import { DEAD, type Work } from './work.ts'

const BATCH = 100

/**
 * Work that goes through a queue. Only jobs run handlers, and an event has one job; requests, the sweep and `resume`
 * merely see to it that there is one. While the queue has an event the store holds it as claimed.
 */
export function createQueuedWork(settings: Settings, handlers: Handlers, dispatcher: Dispatcher): Work {
  const { store, now, leaseMs, logger } = settings
  const sweep = createSweep(enqueueFree, settings)
  const settler = createSettler(settings)
  let stopped = false
  let starting: ReturnType<typeof setTimeout> | undefined

  /**
   * Where the queue cannot be reached those that were claimed for it are given back, for the next sweep: they are
   * durable, so asking the sender again would only spend its retries. @returns whether the queue has them
   */
  async function enqueue(events: readonly DispatchedEvent[], claimed: readonly string[]): Promise<boolean> {
    try {
      await dispatcher.dispatch(events)
      return true
    } catch (error) {
      const facts = { code: 'dispatch-failed', events: events.length, ...errorFacts(error) }
      logger.error(facts, 'the queue did not take stored events; the sweep will enqueue them')
    }
    try {
      if (claimed.length > 0) await store.settle(claimed.map((id) => ({ id, outcome: 'failed' })))
    } catch (error) {
      logger.error(
        errorFacts(error),
        'stored events could not be given back; they wait for their lease to end',
      )
    }
    return false
  }

  async function enqueueFree(dueBy: number, isOver: () => boolean): Promise<number> {
    const started = now()
    let enqueued = 0
    while (!isOver()) {
      const claimed = await store.claim({
        now: started,
        dueBy,
        leaseUntil: now() + dispatcher.leaseMs,
        limit: BATCH,
      })
      const events = claimed.map(({ event }) => ({ event, again: true }))
      const ids = events.map(({ event }) => event.id)
      if (events.length === 0 || !(await enqueue(events, ids))) break
      enqueued += events.length
    }
    return enqueued
  }

  async function run({ event, attempt, attempts }: QueuedEvent): Promise<'settled' | 'failed' | 'dead'> {
    const delivered = { events: [event], quarantined: [], tokens: [] }
    const [recorded] = (await recordEvents(delivered, settings, handlers)).events
    if (recorded?.state === 'settled' || recorded?.state === 'dead') return recorded.state
    const claimed = { event, attempt, recipient: recorded?.recipient }
    const { id } = event
    // more attempts than there are: the last ones ended with their process, and the event may well have been the reason
    if (attempt <= attempts) {
      const until = performance.now() + leaseMs
      const ran = await runEvent(claimed, leaseMs, settings, handlers)
      // a store that is away for a moment is told later: the next attempt would run handlers that have succeeded
      if (ran === 'succeeded' && !(await settler.settle(id, stopped ? 0 : until))) throw new Error(UNTOLD)
      if (ran === 'succeeded' || ran === 'committed') return 'settled'
      if (attempt < attempts) return 'failed'
    }
    await store.settle([{ id, outcome: 'dead' }])
    logger.error(factsOf(claimed), DEAD)
    return 'dead'
  }

  const worker: QueueWorker = {
    run,
    troubled: (error) =>
      logger.error({ code: 'queue-troubled', ...errorFacts(error) }, 'the queue is in trouble'),
  }

  return {
    async handle({ events: recorded }) {
      // busy: it ought to have a job, unless the process that stored it died before it could enqueue it
      const open = recorded.filter(({ state }) => state !== 'settled' && state !== 'dead')
      const events = open.flatMap(({ event, state, attempt }) =>
        state === 'new' && attempt === 0 ? [] : [{ event, again: state !== 'new' }],
      )
      const claimed = open.filter(({ attempt }) => attempt > 0).map(({ id }) => id)
      if (events.length > 0) await enqueue(events, claimed)
      return { failed: new Set(), busy: new Set() }
    },
    resume: sweep.resume,
    sweep() {
      sweep.start()
      // not before all handlers that are registered in one go are there
      starting ??= setTimeout(() => dispatcher.work?.(worker))
    },
    async stop() {
      stopped = true
      clearTimeout(starting)
      await sweep.stop()
    },
    flush: settler.flush,
  }
}

const UNTOLD = '[bouncy/core] the store did not take that handlers succeeded; the job is to be tried again'
