import { addressKey } from './address.ts'
import type { Settings } from './bouncy.ts'
import { GRAVITY, markByHand } from './by-hand.ts'
import { given } from './given.ts'
import type { NewMark } from './store.ts'
import { type NewSuppression, type Scope, type Suppression, scopeApplies } from './suppression.ts'
import type { Tombstones } from './tombstone.ts'
import type { Bouncy } from './types.ts'

type List = Pick<Bouncy, 'isSuppressed' | 'filterRecipients' | 'suppress' | 'unsuppress'>

/** The suppression list as it is asked and changed by hand. */
export function createSuppressionList(
  { store, now }: Pick<Settings, 'store' | 'now'>,
  tombstones: Tombstones,
): List {
  async function active(
    keys: readonly string[],
    scope: Scope | undefined,
  ): Promise<ReadonlyMap<string, Suppression>> {
    const at = now()
    const gravest = new Map<string, Suppression>()
    for (const one of await find(keys)) {
      const expired = one.expiresAt !== undefined && Date.parse(one.expiresAt) <= at
      const other = gravest.get(one.address)
      if (expired || !scopeApplies(one.scope, scope)) continue
      if (other === undefined || GRAVITY[one.reason] > GRAVITY[other.reason]) gravest.set(one.address, one)
    }
    return gravest
  }

  /** Those of the addresses and of their tombstones, all under the address. */
  async function find(keys: readonly string[]): Promise<readonly Suppression[]> {
    const erased = await tombstones.lookUp(keys)
    if (erased.size === 0) return store.findSuppressions(keys)
    const found = await store.findSuppressions([...keys, ...erased.keys()])
    return found.map((one) => ({ ...one, address: erased.get(one.address) ?? one.address }))
  }

  async function apply(marks: readonly NewMark[]): Promise<void> {
    const at = now()
    await store.record({
      now: at,
      leaseUntil: at,
      events: [],
      marks,
      quarantined: [],
      tokens: [],
    })
  }

  return {
    async isSuppressed(address, scope) {
      return (await active([keyOf(address)], scope)).size > 0
    },
    async filterRecipients(addresses, scope) {
      if (!Array.isArray(addresses)) throw new TypeError('[bouncy/core] addresses: give a list')
      const keys = addresses.map((address) => addressKey(address))
      const known = new Set(keys)
      known.delete(undefined)
      const found =
        known.size === 0 ? new Map<string, Suppression>() : await active([...known] as string[], scope)
      const result: Awaited<ReturnType<List['filterRecipients']>> = {
        deliverable: [],
        suppressed: [],
        invalid: [],
      }
      for (const [index, address] of addresses.entries()) {
        const key = keys[index]
        const suppression = key === undefined ? undefined : found.get(key)
        if (key === undefined) result.invalid.push(address)
        else if (suppression === undefined) result.deliverable.push(address)
        else result.suppressed.push({ ...suppression, address })
      }
      return result
    },
    async suppress(entries) {
      const at = now()
      const marks = [entries].flat().map((entry: NewSuppression) => markByHand(entry, at))
      if (marks.length > 0) await apply(marks)
    },
    async unsuppress(address, { actor, note, scope }) {
      if (typeof actor !== 'string' || actor === '')
        throw new TypeError('[bouncy/core] actor: say who lifts the suppression')
      const key = keyOf(address)
      const at = now()
      const holding = (
        await store.findSuppressions([key, ...(await tombstones.lookUp([key])).keys()])
      ).filter(
        (one) =>
          (one.expiresAt === undefined || Date.parse(one.expiresAt) > at) &&
          (scope === undefined || sameScope(one.scope, scope)),
      )
      // also where nothing holds: what happened before the lift, and arrives after it, must not suppress
      for (const place of new Set([key, ...holding.map((one) => one.address)])) {
        const lift = { kind: 'lift', fresh: true, at, actor, ...given({ note, scope }) } as const
        await apply([{ key: place, mark: lift }])
      }
      return holding.length > 0
    },
  }
}

const sameScope = (one: Scope | undefined, other: Scope): boolean =>
  one?.stream === other.stream && one?.tenant === other.tenant

function keyOf(address: string): string {
  const key = addressKey(address)
  if (key === undefined) throw new TypeError('[bouncy/core] address: this is no e-mail address')
  return key
}
