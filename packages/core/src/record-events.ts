import { addressKey } from './address.ts'
import type { Settings } from './bouncy.ts'
import type { MailEvent } from './events.ts'
import type { Handlers } from './handlers.ts'
import { markOf } from './marks.ts'
import type { Recipient } from './policy.ts'
import { withRecipients } from './recipients.ts'
import type { NewMark, Quarantined, RecordedEvent, RecordResult, Token } from './store.ts'

/** What one request brought. */
export interface Delivered {
  readonly events: readonly MailEvent[]
  readonly quarantined: readonly Quarantined[]
  readonly tokens: readonly Token[]
}

/** What the store said of one event, and the event with its recipient. */
export interface RecordedItem extends RecordedEvent {
  readonly event: MailEvent
  readonly recipient?: Recipient | undefined
}

/** What the store said of a request. */
export interface Recorded extends RecordResult {
  readonly events: readonly RecordedItem[]
  /** When the leases of those that were claimed began, in time of `performance.now()`. */
  readonly begun: number
}

/** Stores events once, with the marks that follow from them, in one commit; claims those that are not settled. */
export async function recordEvents(
  { events, quarantined, tokens }: Delivered,
  settings: Settings,
  handlers: Handlers,
): Promise<Recorded> {
  const { store, now, leaseMs, dispatcher } = settings
  const keyed = events.map((event) => ({ event, key: addressKey(event.recipient) }))
  const items: readonly Item[] =
    settings.resolveRecipient === undefined ? keyed : await withRecipients(keyed, settings)
  // before the store is asked: a lease that it gives runs out while it answers
  const begun = performance.now()
  const at = now()
  const marks: NewMark[] = []
  for (const item of items) addMarks(marks, item, settings)
  const result = await store.record({
    now: at,
    leaseUntil: at + (dispatcher?.leaseMs ?? leaseMs),
    events: items.map(({ event, key }) => {
      // whoever enqueues does not know whom the workers have as handlers
      const settled =
        dispatcher === undefined
          ? !handlers.has(event.type)
          : dispatcher.types !== undefined && !dispatcher.types.includes(event.type)
      return key === undefined ? { event, settled } : { event, settled, key }
    }),
    marks,
    quarantined,
    tokens,
  })
  return {
    ...result,
    begun,
    events: result.events.map((one, index) => {
      const { event, recipient } = items[index] as Item
      return { ...one, event, recipient }
    }),
  }
}

interface Item {
  readonly event: MailEvent
  readonly key: string | undefined
  readonly recipient?: Recipient | undefined
}

function addMarks(marks: NewMark[], { event, key, recipient }: Item, { policy }: Settings): void {
  if (key === undefined) return
  const context = recipient === undefined ? {} : { recipient }
  for (const decision of policy.decide(event, context)) {
    marks.push({ key, eventId: event.id, mark: markOf(event, decision, context) })
  }
}
