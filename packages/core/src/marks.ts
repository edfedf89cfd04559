import type { MailEvent } from './events.ts'
import type { Mark } from './fold.ts'
import type { Decision, PolicyContext } from './policy.ts'

/** Longer than this, in milliseconds, is for good: three hundred years, which a date and JSON can hold. */
const LONGEST_MS = 1e13

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
        ...(forMs !== undefined && forMs <= LONGEST_MS ? { expiresAt: at + forMs } : {}),
      }
    }
    case 'strike': {
      const { effect: _, windowMs, suppressForMs, ...rest } = decision
      return {
        kind: 'strike',
        ...evidence,
        ...rest,
        windowMs: Math.min(windowMs, LONGEST_MS),
        ...(suppressForMs !== undefined && suppressForMs <= LONGEST_MS ? { suppressForMs } : {}),
      }
    }
    case 'lift':
      return { kind: 'lift', at, source }
  }
}
