import type { Settings } from './bouncy.ts'
import type { MailEvent } from './events.ts'
import type { Handlers } from './handlers.ts'
import type { Recipient } from './policy.ts'
import type { ClaimedEvent, SettleOutcome } from './store.ts'

/** Runs the handlers of claimed events and tells the store how it went. */
export interface Work {
  /** @returns the ids of those whose handlers failed */
  handle(claimed: readonly Claimed[]): Promise<ReadonlySet<string>>
  /** Claims what nobody works on, until there is nothing left. @returns how many events were settled */
  resume(): Promise<number>
}

/** A claimed event, with its recipient where that is known already. */
export interface Claimed extends ClaimedEvent {
  readonly recipient?: Recipient | undefined
}

/** Events whose handlers run at the same time. */
const AT_ONCE = 8
const RESUME_BATCH = 100

export function createWork(settings: Settings, handlers: Handlers): Work {
  const { store, now, leaseMs } = settings

  /** One event that fails does not hold up another. */
  async function run(claimed: readonly Claimed[]): Promise<readonly SettleOutcome[]> {
    const waiting = claimed.values()
    const outcomes: SettleOutcome[] = []
    async function work(): Promise<void> {
      for (const { event, attempt, recipient } of waiting) {
        const context = { attempt, ...(recipient === undefined ? {} : { recipient }) }
        const succeeded = await handlers.run(event, context)
        outcomes.push({ id: event.id, outcome: succeeded ? 'settled' : 'failed' })
      }
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, claimed.length) }, work))
    return outcomes
  }

  async function settle(outcomes: readonly SettleOutcome[]): Promise<void> {
    if (outcomes.length > 0) await store.settle(outcomes)
  }

  return {
    async handle(claimed) {
      const outcomes = await run(claimed)
      await settle(outcomes)
      return new Set(outcomes.filter((one) => one.outcome === 'failed').map((one) => one.id))
    },
    /** What fails stays claimed until the end, so that what comes after it has its turn. */
    async resume() {
      const started = now()
      const failed: SettleOutcome[] = []
      let settled = 0
      for (;;) {
        const claimed = await store.claim({ now: started, leaseUntil: now() + leaseMs, limit: RESUME_BATCH })
        if (claimed.length === 0) break
        const outcomes = Map.groupBy(await run(await withRecipients(claimed, settings)), (one) => one.outcome)
        await settle(outcomes.get('settled') ?? [])
        settled += outcomes.get('settled')?.length ?? 0
        failed.push(...(outcomes.get('failed') ?? []))
      }
      await settle(failed)
      return settled
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
