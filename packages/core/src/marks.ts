import type { MailEvent } from './events.ts'
import type { Mark } from './fold.ts'
import type { Decision, PolicyContext } from './policy.ts'

/** What a policy decided of an event, with the event's own time, source and id: what is stored. */
export function markOf(event: MailEvent, decision: Decision, { recipient }: PolicyContext): Mark {
  const at = Date.parse(event.timestamp)
  if (decision.effect === 'reset') return { kind: 'reset', at, ledger: decision.ledger }
  const source = JSON.stringify([event.provider, event.stream, recipient?.tenant])
  const evidence = { at, id: event.id, source, provider: event.provider }
  switch (decision.effect) {
    case 'suppress': {
      const { effect: _, forMs, ...rest } = decision
      return {
        kind: 'suppress',
        ...evidence,
        ...rest,
        ...(forMs === undefined ? {} : { expiresAt: at + forMs }),
      }
    }
    case 'strike': {
      const { effect: _, ...rest } = decision
      return { kind: 'strike', ...evidence, ...rest }
    }
    case 'lift':
      return { kind: 'lift', at, source }
  }
}
