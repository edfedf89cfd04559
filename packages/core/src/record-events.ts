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

/** Stores events once, with the marks that follow from them, in one commit; claims those that are not settled. */
export async function recordEvents(
  { events, quarantined, tokens }: Delivered,
  settings: Settings,
  handlers: Handlers,
): Promise<RecordResult & { readonly events: readonly RecordedItem[] }> {
  const { store, now, leaseMs, dispatcher } = settings
  const items = await withRecipients(
    events.map((event) => ({ event, key: addressKey(event.recipient) })),
    settings,
  )
  const at = now()
  const result = await store.record({
    now: at,
    leaseUntil: at + (dispatcher?.leaseMs ?? leaseMs),
    events: items.map(({ event, key }) => ({
      event,
      // whoever enqueues does not know whom the workers have as handlers
      settled:
        dispatcher === undefined
          ? !handlers.has(event.type)
          : dispatcher.types !== undefined && !dispatcher.types.includes(event.type),
      ...(key === undefined ? {} : { key }),
    })),
    marks: items.flatMap(({ event, key, recipient }) =>
      key === undefined ? [] : marksOf(event, key, recipient, settings),
    ),
    quarantined,
    tokens,
  })
  const byId = new Map(items.map((item) => [item.event.id, item]))
  return {
    ...result,
    events: result.events.flatMap((one) => {
      const item = byId.get(one.id)
      return item === undefined ? [] : [{ ...one, event: item.event, recipient: item.recipient }]
    }),
  }
}

function marksOf(
  event: MailEvent,
  key: string,
  recipient: Recipient | undefined,
  { policy }: Settings,
): readonly NewMark[] {
  const context = recipient === undefined ? {} : { recipient }
  return policy
    .decide(event, context)
    .map((decision) => ({ key, eventId: event.id, mark: markOf(event, decision, context) }))
}
