import { addressKey } from './address.ts'
import { given } from './given.ts'
import type { NewMark } from './store.ts'
import type { NewSuppression, Suppression } from './suppression.ts'
import { isTombstone } from './tombstone.ts'

/** How grave the reasons are; of several the gravest is told. */
export const GRAVITY: Readonly<Record<Suppression['reason'], number>> = {
  complaint: 3,
  bounce: 2,
  unsubscribe: 1,
  manual: 0,
}

/**
 * The mark of a suppression that somebody asked for, or knows from elsewhere. The tombstone of an erased address is
 * taken for what it stands for.
 *
 * @throws TypeError naming the member and the remedy, never the value
 */
export function markByHand(entry: NewSuppression, now: number): NewMark {
  const { address, reason, scope, provider, eventId, note, actor } = entry
  const key = isTombstone(address) ? address : addressKey(address)
  if (key === undefined) throw mistake('address', 'this is no e-mail address')
  if (!Object.hasOwn(GRAVITY, reason))
    throw mistake('reason', `give one of ${Object.keys(GRAVITY).join(', ')}`)
  const expiresAt = timeOf('expiresAt', entry)
  const at = timeOf('since', entry)
  if (at === undefined && (provider ?? eventId) !== undefined) {
    throw mistake('since', 'say when it was, or leave out provider and eventId')
  }
  const rest = given({ scope, provider, note, actor, expiresAt })
  const common = { kind: 'suppress', reason, ...rest } as const
  if (at === undefined) {
    return { key, mark: { ...common, fresh: true, at: now, id: `by-hand-${crypto.randomUUID()}` } }
  }
  const imported = { ...common, imported: true, at } as const
  if (eventId === undefined) return { key, mark: { ...imported, id: `imported-${expiresAt ?? ''}` } }
  const source = JSON.stringify([provider, scope?.stream, scope?.tenant])
  return { key, mark: { ...imported, id: eventId, source } }
}

function timeOf(member: 'since' | 'expiresAt', entry: NewSuppression): number | undefined {
  const text = entry[member]
  if (text === undefined) return undefined
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw mistake(member, 'give a time in ISO 8601')
  return at
}

const mistake = (member: string, remedy: string): TypeError =>
  new TypeError(`[bouncy/core] ${member}: ${remedy}`)
