import type { Settings } from './bouncy.ts'
import { WebhookError } from './error.ts'
import type { Handlers } from './handlers.ts'
import { type Delivered, recordEvents } from './record-events.ts'
import type { Work } from './work.ts'

/** What became of a request's events; `failed` and `busy` ask for a redelivery. */
export interface Accepted {
  readonly recorded: number
  readonly duplicates: number
  readonly failed: number
  readonly busy: number
}

export interface Inbox {
  /** Stores events once, in one commit, then runs the handlers of those that are not settled. */
  accept(delivered: Delivered): Promise<Accepted>
}

export function createInbox(settings: Settings, handlers: Handlers, work: Work): Inbox {
  /** Events that a request of this process is working on: a twin waits for its outcome instead of asking the store. */
  const working = new Map<string, Promise<boolean>>()

  async function accept({ events, ...rest }: Delivered): Promise<Accepted> {
    const unique = [...new Map(events.map((event) => [event.id, event])).values()]
    const twins = unique.flatMap((event) => working.get(event.id) ?? [])
    const own = unique.filter((event) => !working.has(event.id))
    const { promise: finished, resolve: finish } = Promise.withResolvers<ReadonlySet<string>>()
    const succeeds = (id: string): Promise<boolean> => finished.then((done) => done.has(id))
    for (const { id } of own) working.set(id, succeeds(id))
    let done: ReadonlySet<string> = new Set()
    try {
      const result = await recordAndHandle({ events: own, ...rest })
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

  async function recordAndHandle({ events, quarantined, tokens }: Delivered): Promise<{
    readonly accepted: Accepted
    readonly done: ReadonlySet<string>
  }> {
    const nothing = { recorded: 0, duplicates: 0, failed: 0, busy: 0 }
    if (events.length + quarantined.length + tokens.length === 0)
      return { accepted: nothing, done: new Set() }
    const { events: recorded, tokenReused } = await recordEvents(
      { events, quarantined, tokens },
      settings,
      handlers,
    )
    if (tokenReused) {
      throw new WebhookError('certainly-forged', '[bouncy/core] a signed token came again with another body')
    }
    const { failed, busy } = await work.handle(recorded)
    return {
      accepted: {
        recorded: recorded.filter((one) => one.state === 'new').length,
        duplicates: recorded.filter((one) => one.state !== 'new' && !busy.has(one.id)).length,
        failed: failed.size,
        busy: busy.size,
      },
      done: new Set(recorded.map(({ id }) => id).filter((id) => !failed.has(id) && !busy.has(id))),
    }
  }

  return { accept }
}
