import type { Settings } from './bouncy.ts'
import type { MailEvent } from './events.ts'
import type { Handlers } from './handlers.ts'
import { errorFacts } from './logger.ts'
import type { Recipient } from './policy.ts'
import type { ClaimedEvent, SettleOutcome } from './store.ts'
import { transacted } from './transacted.ts'

/** Runs the handlers of claimed events and tells the store how it went. */
export interface Work {
  /** @returns the ids of those whose handlers failed */
  handle(claimed: readonly Claimed[]): Promise<ReadonlySet<string>>
  /** Claims what nobody works on, due or not, until there is nothing left. @returns how many events were settled */
  resume(): Promise<number>
  /** Does the same with what is due, from time to time, from now on. */
  sweep(): void
  /** Ends sweeping; resolves when the sweep that is under way has ended. */
  stop(): Promise<void>
}

/** A claimed event, with its recipient where that is known already. */
export interface Claimed extends ClaimedEvent {
  readonly recipient?: Recipient | undefined
}

/** How the handlers of some events went. */
interface Ran {
  /** How many were settled. */
  readonly settled: number
  readonly failed: readonly SettleOutcome[]
  /** Those whose lease ended first. */
  readonly lost: readonly string[]
}

/** Events whose handlers run at the same time. */
const AT_ONCE = 8
const SETTLE_EVERY_MS = 1_000
const RESUME_BATCH = 100
const REFUSED = 'the store did not commit what the handlers wrote; the event stays unsettled'

export function createWork(settings: Settings, handlers: Handlers): Work {
  const { store, now, leaseMs, retry, sweepEveryMs, logger } = settings
  let timer: ReturnType<typeof setInterval> | undefined
  let sweeping: Promise<unknown> | undefined

  /**
   * Runs the handlers of events that have just been claimed. One that fails or hangs does not hold up another: what
   * succeeded is settled once a second, and when the lease is over nothing is waited for any longer.
   */
  async function run(claimed: readonly Claimed[]): Promise<Ran> {
    const started = performance.now()
    const remaining = (): number => leaseMs - (performance.now() - started)
    const waiting = claimed.values()
    const failed: SettleOutcome[] = []
    const lost: string[] = []
    let succeeded: SettleOutcome[] = []
    let settled = 0
    let settling: Promise<void> = Promise.resolve()

    function settleSoFar(): void {
      const outcomes = succeeded
      succeeded = []
      settled += outcomes.length
      settling = settling.then(() => settle(outcomes))
      // whoever awaits it at the end is told; until then it is nobody's unhandled rejection
      settling.catch(() => {})
    }

    async function work(): Promise<void> {
      for (const one of waiting) {
        const outcome = await runOne(one, remaining())
        if (outcome === undefined) lost.push(one.event.id)
        else (outcome.outcome === 'settled' ? succeeded : failed).push(outcome)
      }
    }

    const ticking = setInterval(settleSoFar, SETTLE_EVERY_MS)
    try {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, claimed.length) }, work))
    } finally {
      clearInterval(ticking)
      settleSoFar()
    }
    await settling
    return { settled, failed, lost }
  }

  /** @returns nothing where the lease ended first: the event is no longer ours to settle */
  async function runOne(
    { event, attempt, recipient }: Claimed,
    remainingMs: number,
  ): Promise<SettleOutcome | undefined> {
    const { id } = event
    const facts = { code: 'handler-failed', provider: event.provider, event: id, type: event.type, attempt }
    const lease = new AbortController()
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
          (transaction) => Promise.race([handlers.run(event, { ...context, transaction }), over.promise]),
          (error) => logger.error({ ...facts, ...errorFacts(error) }, REFUSED),
        ))
      if (succeeded) return { id, outcome: 'settled' }
    } finally {
      clearTimeout(timer)
    }
    if (lease.signal.aborted) {
      logger.error(facts, 'the handlers took longer than leaseMs; the event will run again')
      return undefined
    }
    if (attempt < retry.attempts) return { id, outcome: 'failed', retryAt: now() + pauseAfter(attempt) }
    logger.error(
      facts,
      'the event is dead: it was tried often enough; revive it when its handlers are mended',
    )
    return { id, outcome: 'dead' }
  }

  const pauseAfter = (attempt: number): number => Math.min(retry.maxMs, retry.firstMs * 2 ** (attempt - 1))

  async function settle(outcomes: readonly SettleOutcome[]): Promise<void> {
    if (outcomes.length > 0) await store.settle(outcomes)
  }

  /** What fails stays claimed until the end, so that what comes after it has its turn. */
  async function workOff(dueBy: number): Promise<number> {
    const started = now()
    const failed: SettleOutcome[] = []
    let settled = 0
    for (;;) {
      const claimed = await store.claim({
        now: started,
        dueBy,
        leaseUntil: now() + leaseMs,
        limit: RESUME_BATCH,
      })
      if (claimed.length === 0) break
      const ran = await run(await withRecipients(claimed, settings))
      settled += ran.settled
      failed.push(...ran.failed)
    }
    await settle(failed)
    return settled
  }

  return {
    async handle(claimed) {
      if (claimed.length === 0) return new Set()
      const { failed, lost } = await run(claimed)
      await settle(failed)
      return new Set([...failed.map(({ id }) => id), ...lost])
    },
    resume: () => workOff(Number.MAX_SAFE_INTEGER),
    sweep() {
      if (sweepEveryMs === false || timer !== undefined) return
      timer = setInterval(() => {
        sweeping ??= workOff(now())
          .catch((error: unknown) =>
            logger.error(errorFacts(error), 'the sweep failed; the next one will try again'),
          )
          .finally(() => {
            sweeping = undefined
          })
      }, sweepEveryMs)
      // a program that has nothing else to do may end; fetch runtimes have plain numbers for timers
      if (typeof timer === 'object') timer.unref?.()
    },
    async stop() {
      clearInterval(timer)
      await sweeping
    },
  }
}

/** Each item with the user whose address its event concerns. */
export async function withRecipients<T extends { readonly event: MailEvent }>(
  items: readonly T[],
  { resolveRecipient }: Pick<Settings, 'resolveRecipient'>,
): Promise<readonly (T & { readonly recipient?: Recipient | undefined })[]> {
  if (resolveRecipient === undefined) return items
  return Promise.all(items.map(async (item) => ({ ...item, recipient: await resolveRecipient(item.event) })))
}
