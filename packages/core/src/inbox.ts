import { addressKey } from './address.ts'
import type { Settings } from './bouncy.ts'
import type { MailEvent } from './events.ts'
import type { Mark } from './fold.ts'
import type { Handlers } from './handlers.ts'
import { markOf } from './marks.ts'
import type { ClaimedEvent, NewMark, Quarantined, SettleOutcome } from './store.ts'

/** What became of a request's events; `failed` and `busy` ask for a redelivery. */
export interface Accepted {
  readonly recorded: number
  readonly duplicates: number
  readonly failed: number
  readonly busy: number
}

export interface Inbox {
  /** Stores events once, in one commit, then runs the handlers of those that are not settled. */
  accept(events: readonly MailEvent[], quarantined: readonly Quarantined[]): Promise<Accepted>
  resume(): Promise<number>
}

/** Handlers of one request that run at the same time. */
const HANDLERS_AT_ONCE = 8
const RESUME_BATCH = 100

export function createInbox(settings: Settings, handlers: Handlers): Inbox {
  const { store, policy, now, leaseMs } = settings
  /** Events that a request of this process is working on: a twin waits for its outcome instead of asking the store. */
  const working = new Map<string, Promise<boolean>>()

  async function accept(
    events: readonly MailEvent[],
    quarantined: readonly Quarantined[],
  ): Promise<Accepted> {
    const unique = [...new Map(events.map((event) => [event.id, event])).values()]
    const twins = unique.flatMap((event) => working.get(event.id) ?? [])
    const own = unique.filter((event) => !working.has(event.id))
    const { promise: finished, resolve: finish } = Promise.withResolvers<ReadonlySet<string>>()
    const succeeds = (id: string): Promise<boolean> => finished.then((done) => done.has(id))
    for (const { id } of own) working.set(id, succeeds(id))
    let done: ReadonlySet<string> = new Set()
    try {
      const result = await recordAndHandle(own, quarantined)
      done = result.done
      const twinsDone = await Promise.all(twins)
      return {
        ...result.accepted,
        duplicates: result.accepted.duplicates + twinsDone.filter(Boolean).length,
        failed: result.accepted.failed + twinsDone.filter((ok) => !ok).length,
      }
    } finally {
      for (const { id } of own) working.delete(id)
      finish(done)
    }
  }

  async function recordAndHandle(
    events: readonly MailEvent[],
    quarantined: readonly Quarantined[],
  ): Promise<{ readonly accepted: Accepted; readonly done: ReadonlySet<string> }> {
    const nothing = { recorded: 0, duplicates: 0, failed: 0, busy: 0 }
    if (events.length + quarantined.length === 0) return { accepted: nothing, done: new Set() }
    const at = now()
    const keyed = events.map((event) => ({ event, key: addressKey(event.recipient) }))
    const { events: recorded } = await store.record({
      now: at,
      leaseUntil: at + leaseMs,
      events: keyed.map(({ event, key }) => ({
        event,
        settled: !handlers.has(event.type),
        ...(key === undefined ? {} : { key }),
      })),
      marks: keyed.flatMap(({ event, key }) => (key === undefined ? [] : marksOf(event, key))),
      quarantined,
    })
    const byId = new Map(events.map((event) => [event.id, event]))
    const claimed = recorded.flatMap(({ id, attempt }) => {
      const event = byId.get(id)
      return attempt > 0 && event !== undefined ? [{ event, attempt }] : []
    })
    const outcomes = await handle(claimed)
    await settle(outcomes)
    const failed = new Set(outcomes.filter((one) => one.outcome === 'failed').map((one) => one.id))
    const busy = new Set(recorded.filter((one) => one.state === 'busy').map((one) => one.id))
    return {
      accepted: {
        recorded: recorded.filter((one) => one.state === 'new').length,
        duplicates: recorded.filter((one) => one.state === 'settled' || one.state === 'again').length,
        failed: failed.size,
        busy: busy.size,
      },
      done: new Set(events.map((event) => event.id).filter((id) => !failed.has(id) && !busy.has(id))),
    }
  }

  function marksOf(event: MailEvent, key: string): readonly NewMark[] {
    return policy
      .decide(event)
      .map((decision) => ({ key, eventId: event.id, mark: markOf(event, decision) satisfies Mark }))
  }

  /** Runs handlers; one event that fails does not hold up another. */
  async function handle(claimed: readonly ClaimedEvent[]): Promise<readonly SettleOutcome[]> {
    const waiting = claimed.values()
    const outcomes: SettleOutcome[] = []
    async function work(): Promise<void> {
      for (const { event, attempt } of waiting) {
        const succeeded = await handlers.run(event, attempt)
        outcomes.push({ id: event.id, outcome: succeeded ? 'settled' : 'failed' })
      }
    }
    await Promise.all(Array.from({ length: Math.min(HANDLERS_AT_ONCE, claimed.length) }, work))
    return outcomes
  }

  async function settle(outcomes: readonly SettleOutcome[]): Promise<void> {
    if (outcomes.length > 0) await store.settle(outcomes)
  }

  /** What fails stays claimed until the end, so that what comes after it has its turn. */
  async function resume(): Promise<number> {
    const started = now()
    const failed: SettleOutcome[] = []
    let settled = 0
    for (;;) {
      const claimed = await store.claim({ now: started, leaseUntil: now() + leaseMs, limit: RESUME_BATCH })
      if (claimed.length === 0) break
      const outcomes = Map.groupBy(await handle(claimed), (one) => one.outcome)
      await settle(outcomes.get('settled') ?? [])
      settled += outcomes.get('settled')?.length ?? 0
      failed.push(...(outcomes.get('failed') ?? []))
    }
    await settle(failed)
    return settled
  }

  return { accept, resume }
}
