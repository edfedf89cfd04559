import type { Token } from '@bouncy/core/store'
import type { Draft } from './draft.ts'

/** Whether a token was spent on something else. */
export function isSpentOtherwise(draft: Draft, { id, binding }: Token): boolean {
  const spent = spentOn(draft, id)
  return spent !== undefined && spent.binding !== binding
}

/** Spends a token, and remembers it for the longest time that was asked for. */
export function spend(draft: Draft, token: Token): void {
  const until = Math.max(token.until, spentOn(draft, token.id)?.until ?? 0)
  draft.set('tokens', token.id, JSON.stringify([until, token.binding]))
  draft.place('token-index', token.id, until)
}

/** Forgets a token if nobody can use it any more. @returns whether it did */
export function forgetIfOver(draft: Draft, id: string, now: number): boolean {
  const spent = spentOn(draft, id)
  if (spent !== undefined && spent.until >= now) return false
  draft.set('tokens', id, undefined)
  draft.displace('token-index', id)
  return spent !== undefined
}

function spentOn(draft: Draft, id: string): Pick<Token, 'until' | 'binding'> | undefined {
  const text = draft.get('tokens', id)
  if (text === undefined) return undefined
  const [until, binding] = JSON.parse(text) as [number, string]
  return { until, binding }
}
