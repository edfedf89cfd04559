import type { Settings } from './bouncy.ts'
import type { Handlers } from './handlers.ts'
import { withRecipients } from './recipients.ts'
import type { Recorded } from './record-events.ts'
import { type Claimed, factsOf, type Run, runEvent } from './run-event.ts'
import { createSettler } from './settler.ts'
import type { SettleOutcome } from './store.ts'
import { createSweep } from './sweep.ts'

/** Runs the handlers of claimed events and tells the store how it went. */
export interface Work {
  /** Sees to it that the handlers of what a request brought run. @returns the ids of what has to be sent again */
  handle(recorded: Pick<Recorded, 'events' | 'begun'>): Promise<Unhandled>
  /** Claims what nobody works on, due or not, until there is nothing left. @returns how many events were settled, or enqueued */
  resume(): Promise<number>
  /** Does the same with what is due, from time to time, from now on. */
  sweep(): void
  /** Ends sweeping; resolves when the sweep that is under way has ended. */
  stop(): Promise<void>
  /** Resolves when the store knows of all whose handlers succeeded. */
  flush(): Promise<void>
}

/** What has to be sent again. */
export interface Unhandled {
  /** Their handlers failed. */
  readonly failed: ReadonlySet<string>
  /** Somebody else is running their handlers. */
  readonly busy: ReadonlySet<string>
  /** Those that the store has settled, when it has; absent where none was claimed. */
  readonly settled?: Promise<readonly string[]>
}

/** How the handlers of some events went. */
interface Ran {
  /** Those that the store has settled, when it has. */
  readonly settled: Promise<readonly string[]>
  readonly failed: readonly Failed[]
  /** Those whose lease ended first. */
  readonly lost: readonly string[]
}

interface Failed {
  readonly outcome: SettleOutcome
  /** The end of the event's lease, by `performance.now()`. */
  readonly until: number
}

/** Events whose handlers run at the same time, but for those that take their time. */
const AT_ONCE = 8
/** After this part of a lease a handler gives its place to the next event's, and goes on beside it. */
const SLOW = 1 / 8
/** So many have their turn within one lease, even if all of them hang. */
const RESUME_BATCH = AT_ONCE / SLOW

/** What is logged of an event that was tried often enough. */
export const DEAD = 'the event is dead: it was tried often enough; revive it when its handlers are mended'

export function createWork(settings: Settings, handlers: Handlers): Work {
  const { store, now, leaseMs, retry, logger } = settings
  const settler = createSettler(settings)
  const sweep = createSweep(workOff, settings)

  /**
   * Runs the handlers of events that have just been claimed. One that fails or hangs does not hold up another: what
   * succeeds is settled meanwhile, and when the lease is over nothing is waited for any longer.
   *
   * @param begun when the store was asked for them, in time of `performance.now()`
   */
  async function run(claimed: readonly Claimed[], begun: number): Promise<Ran> {
    const until = begun + leaseMs
    const waiting = claimed.values()
    const settled: Promise<readonly string[]>[] = []
    const failed: Failed[] = []
    const lost: string[] = []
    const underWay: Promise<void>[] = []

    async function handle(one: Claimed): Promise<void> {
      const { id } = one.event
      const outcome = await runOne(one, until - performance.now())
      if (outcome === 'lost') lost.push(id)
      else if (outcome === 'committed') settled.push(Promise.resolve([id]))
      else if (outcome === 'succeeded')
        settled.push(settler.settle(id, until).then((known) => (known ? [id] : [])))
      else failed.push({ outcome, until })
    }

    async function work(): Promise<void> {
      for (const one of waiting) {
        const handling = handle(one)
        underWay.push(handling)
        await atMost(leaseMs * SLOW, handling)
      }
    }

    const [only] = claimed
    if (claimed.length === 1 && only !== undefined) await handle(only)
    else {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, claimed.length) }, work))
      await Promise.all(underWay)
    }
    return { settled: Promise.all(settled).then((ids) => ids.flat()), failed, lost }
  }

  /** @returns `lost`: the lease ended first, the event is no longer ours to settle · `committed`: it is settled already */
  async function runOne(
    claimed: Claimed,
    remainingMs: number,
  ): Promise<SettleOutcome | Exclude<Run, 'failed'>> {
    const { id } = claimed.event
    const { attempt } = claimed
    // more attempts than there are: the last ones ended with their lease or their process, and so would this one
    if (attempt <= retry.attempts) {
      const ran = remainingMs > 0 ? await runEvent(claimed, remainingMs, settings, handlers) : 'lost'
      if (ran !== 'failed') return ran
      // whoever never wants it tried again by itself: no later than `resume` asks for, and than databases can tell
      const retryAt = Math.min(now() + pauseAfter(attempt), Number.MAX_SAFE_INTEGER)
      if (attempt < retry.attempts) return { id, outcome: 'failed', retryAt }
    }
    logger.error(factsOf(claimed), DEAD)
    return { id, outcome: 'dead' }
  }

  const pauseAfter = (attempt: number): number => Math.min(retry.maxMs, retry.firstMs * 2 ** (attempt - 1))

  /** Leaves out those whose lease is over: to settle them would end the claim of whoever has them now. */
  async function settle(failed: readonly Failed[]): Promise<void> {
    const ours = failed.filter(({ until }) => performance.now() < until)
    if (ours.length > 0) await store.settle(ours.map(({ outcome }) => outcome))
  }

  /**
   * What fails stays claimed, so that what comes after it has its turn; but not until its lease is over, since then it
   * may be somebody else's.
   */
  async function workOff(dueBy: number, isOver: () => boolean): Promise<number> {
    const started = now()
    const failed: Failed[] = []
    let settled = 0
    let due = dueBy
    let held = started
    while (!isOver()) {
      const claimedAt = now()
      const begun = performance.now()
      const claimed = await store.claim({
        now: started,
        dueBy: due,
        leaseUntil: claimedAt + leaseMs,
        limit: RESUME_BATCH,
      })
      if (claimed.length === 0) break
      if (failed.length === 0) held = claimedAt
      const ran = await run(await withRecipients(claimed, settings), begun)
      settled += (await ran.settled).length
      failed.push(...ran.failed)
      if (now() - held > leaseMs / 2) {
        // what has just failed is left alone by what is still to come
        for (const { outcome } of failed)
          due = Math.min(due, (outcome.retryAt ?? Number.POSITIVE_INFINITY) - 1)
        await settle(failed.splice(0))
      }
    }
    await settle(failed)
    return settled
  }

  return {
    async handle({ events, begun }) {
      const busy = new Set(events.filter(({ state }) => state === 'busy').map(({ id }) => id))
      const claimed = events.filter(({ attempt }) => attempt > 0)
      if (claimed.length === 0) return { failed: new Set(), busy }
      const { settled, failed, lost } = await run(claimed, begun)
      await settle(failed)
      return { failed: new Set([...failed.map(({ outcome }) => outcome.id), ...lost]), busy, settled }
    },
    resume: sweep.resume,
    sweep: sweep.start,
    stop: sweep.stop,
    flush: settler.flush,
  }
}

/** Waits for something, but not for longer than so many milliseconds. */
async function atMost(ms: number, promise: Promise<unknown>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  try {
    await Promise.race([promise, over])
  } finally {
    clearTimeout(timer)
  }
}
