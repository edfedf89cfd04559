import type { Settings } from './bouncy.ts'
import { WebhookError } from './error.ts'
import type { MailEvent } from './events.ts'
import type { Handlers } from './handlers.ts'
import { type Delivered, recordEvents } from './record-events.ts'
import { createRemembered } from './remembered.ts'
import type { Work } from './work.ts'

/** What became of a request's events; `failed` and `busy` ask for a redelivery. */
export interface Accepted {
  readonly recorded: number
  readonly duplicates: number
  readonly failed: number
  readonly busy: number
  /** Resolves when the store knows of those whose handlers succeeded; absent where none ran. */
  readonly settled?: Promise<unknown> | undefined
}

export interface Inbox {
  /** Stores events once, in one commit, then runs the handlers of those that are not settled. */
  accept(delivered: Delivered): Promise<Accepted>
}

/** Settled events that are known by their ids, about 150 bytes each: senders send again soon. */
const MOST_SETTLED = 10_000

export function createInbox(settings: Settings, handlers: Handlers, work: Work): Inbox {
  /**
   * Events that a request of this process is working on, each with what that request will have done: a twin waits for its
   * outcome instead of asking the store.
   */
  const working = new Map<string, Promise<ReadonlySet<string>>>()
  /** What the store has settled it has for good: it need not be asked again. */
  const settledBefore = createRemembered(MOST_SETTLED)

  async function accept({ events, quarantined, tokens }: Delivered): Promise<Accepted> {
    const unique =
      events.length < 2 ? events : [...new Map(events.map((event) => [event.id, event])).values()]
    const own: MailEvent[] = []
    const twins: Promise<boolean>[] = []
    let known = 0
    const { promise: finished, resolve: finish } = Promise.withResolvers<ReadonlySet<string>>()
    for (const event of unique) {
      const { id } = event
      const twin = working.get(id)
      if (settledBefore.has(id)) known += 1
      else if (twin !== undefined) twins.push(twin.then((done) => done.has(id)))
      else {
        own.push(event)
        working.set(id, finished)
      }
    }
    let done: ReadonlySet<string> = NOTHING
    let settled: Promise<readonly string[]> | undefined
    try {
      const result = await recordAndHandle({ events: own, quarantined, tokens })
      done = result.done
      settled = result.settled
      if (known + twins.length === 0) return { ...result.accepted, settled }
      const twinsDone = await Promise.all(twins)
      return {
        ...result.accepted,
        duplicates: result.accepted.duplicates + known + twinsDone.filter(Boolean).length,
        failed: result.accepted.failed + twinsDone.filter((ok) => !ok).length,
        settled,
      }
    } finally {
      finish(done)
      if (settled === undefined) for (const { id } of own) working.delete(id)
      else void forget(own, done, settled)
    }
  }

  /** Until the store knows that they are done it would say that somebody is working on them. */
  async function forget(
    events: readonly MailEvent[],
    done: ReadonlySet<string>,
    settled: Promise<readonly string[]>,
  ): Promise<void> {
    for (const { id } of events) if (!done.has(id)) working.delete(id)
    for (const id of await settled) settledBefore.add(id)
    for (const id of done) working.delete(id)
  }

  async function recordAndHandle({ events, quarantined, tokens }: Delivered): Promise<{
    readonly accepted: Accepted
    readonly done: ReadonlySet<string>
    readonly settled?: Promise<readonly string[]> | undefined
  }> {
    const accepted = { recorded: 0, duplicates: 0, failed: 0, busy: 0 }
    if (events.length + quarantined.length + tokens.length === 0) return { accepted, done: NOTHING }
    const { tokenReused, ...result } = await recordEvents({ events, quarantined, tokens }, settings, handlers)
    if (tokenReused) {
      throw new WebhookError('certainly-forged', '[bouncy/core] a signed token came again with another body')
    }
    const { failed, busy, settled } = await work.handle(result)
    const done = new Set<string>()
    for (const { id, state, attempt } of result.events) {
      if (state === 'settled' || (state === 'new' && attempt === 0)) settledBefore.add(id)
      if (state === 'new') accepted.recorded += 1
      else if (!busy.has(id)) accepted.duplicates += 1
      if (!failed.has(id) && !busy.has(id)) done.add(id)
    }
    return { accepted: { ...accepted, failed: failed.size, busy: busy.size }, done, settled }
  }

  return { accept }
}

const NOTHING: ReadonlySet<string> = new Set()
