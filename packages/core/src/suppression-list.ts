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
  /** Of each address the gravest of those that hold at this time. */
  function gravestOf(
    found: readonly Suppression[],
    at: number,
    scope: Scope | undefined,
  ): ReadonlyMap<string, Suppression> {
    const gravest = new Map<string, Suppression>()
    for (const one of found) {
      const expired = one.expiresAt !== undefined && Date.parse(one.expiresAt) <= at
      if (expired || !scopeApplies(one.scope, scope)) continue
      const other = gravest.get(one.address)
      if (other === undefined || GRAVITY[one.reason] > GRAVITY[other.reason]) gravest.set(one.address, one)
    }
    return gravest
  }

  /** Those of the addresses and of their tombstones, all under the address. */
  function find(keys: readonly string[]): Promise<readonly Suppression[]> {
    const erased = tombstones.lookUp(keys)
    return erased instanceof Promise ? erased.then(findBoth) : store.findSuppressions(keys)

    async function findBoth(there: ReadonlyMap<string, string>): Promise<readonly Suppression[]> {
      const found = await store.findSuppressions([...keys, ...there.keys()])
      return found.map((one) => ({ ...one, address: there.get(one.address) ?? one.address }))
    }
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
      const at = now()
      return gravestOf(await find([keyOf(address)]), at, scope).size > 0
    },
    async filterRecipients(addresses, scope) {
      if (!Array.isArray(addresses)) throw new TypeError('[bouncy/core] addresses: give a list')
      const keys = addresses.map((address) => addressKey(address))
      const known = keys.filter((key) => key !== undefined)
      const at = now()
      const found = gravestOf(known.length === 0 ? [] : await find(known), at, scope)
      const result: Awaited<ReturnType<List['filterRecipients']>> = {
        deliverable: [],
        suppressed: [],
        invalid: [],
      }
      for (let index = 0; index < keys.length; index += 1) {
        const address = addresses[index] as string
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
