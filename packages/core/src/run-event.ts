import type { Settings } from './bouncy.ts'
import type { Handlers } from './handlers.ts'
import { errorFacts } from './logger.ts'
import type { Recipient } from './policy.ts'
import type { ClaimedEvent } from './store.ts'
import { transacted } from './transacted.ts'

/** A claimed event, with its recipient where that is known already. */
export interface Claimed extends ClaimedEvent {
  readonly recipient?: Recipient | undefined
}

/** How the handlers of an event went; `committed`: the event is settled with what they wrote · `lost`: the time was over first. */
export type Run = 'succeeded' | 'committed' | 'failed' | 'lost'

const REFUSED = 'the store did not commit what the handlers wrote; the event stays unsettled'

/** What of an event may be logged. */
export const factsOf = ({ event, attempt }: ClaimedEvent): object => ({
  code: 'handler-failed',
  provider: event.provider,
  event: event.id,
  type: event.type,
  attempt,
})

/** Runs the handlers of one claimed event for so long at the most, with all that they are told besides it. */
export async function runEvent(
  { event, attempt, recipient }: Claimed,
  remainingMs: number,
  { store, logger }: Pick<Settings, 'store' | 'logger'>,
  handlers: Handlers,
): Promise<Run> {
  const { id } = event
  const facts = factsOf({ event, attempt })
  const lease = new AbortController()
  let begun = false
  const over = Promise.withResolvers<false>()
  const timer = setTimeout(() => {
    lease.abort()
    over.resolve(false)
  }, remainingMs)
  const context = { attempt, signal: lease.signal, ...(recipient === undefined ? {} : { recipient }) }
  try {
    if (remainingMs <= 0) lease.abort()
    const succeeded =
      !lease.signal.aborted &&
      (await transacted(
        store,
        id,
        (begin) => {
          const transaction = (): Promise<unknown> => {
            begun = store.settleWith !== undefined
            return begin()
          }
          return Promise.race([handlers.run(event, { ...context, transaction }), over.promise])
        },
        (error) => logger.error({ ...facts, ...errorFacts(error) }, REFUSED),
      ))
    if (succeeded) return begun ? 'committed' : 'succeeded'
  } finally {
    clearTimeout(timer)
  }
  if (!lease.signal.aborted) return 'failed'
  logger.error(facts, 'the handlers took longer than leaseMs; the event will run again')
  return 'lost'
}
