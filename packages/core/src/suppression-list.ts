import { addressKey } from './address.ts'
import type { Settings } from './bouncy.ts'
import type { Mark } from './fold.ts'
import { type Scope, type Suppression, scopeApplies } from './suppression.ts'
import type { Bouncy } from './types.ts'

type List = Pick<Bouncy, 'isSuppressed' | 'filterRecipients' | 'suppress' | 'unsuppress'>

const GRAVITY: Readonly<Record<Suppression['reason'], number>> = {
  complaint: 3,
  bounce: 2,
  unsubscribe: 1,
  manual: 0,
}

/** The suppression list as it is asked and changed by hand. */
export function createSuppressionList({ store, now }: Pick<Settings, 'store' | 'now'>): List {
  async function active(
    keys: readonly string[],
    scope: Scope | undefined,
  ): Promise<ReadonlyMap<string, Suppression>> {
    const at = now()
    const gravest = new Map<string, Suppression>()
    for (const one of await store.findSuppressions(keys)) {
      const expired = one.expiresAt !== undefined && Date.parse(one.expiresAt) <= at
      const other = gravest.get(one.address)
      if (expired || !scopeApplies(one.scope, scope)) continue
      if (other === undefined || GRAVITY[one.reason] > GRAVITY[other.reason]) gravest.set(one.address, one)
    }
    return gravest
  }

  async function apply(key: string, mark: Mark): Promise<void> {
    const at = now()
    await store.record({ now: at, leaseUntil: at, events: [], marks: [{ key, mark }], quarantined: [] })
  }

  return {
    async isSuppressed(address, scope) {
      return (await active([keyOf(address)], scope)).size > 0
    },
    async filterRecipients(addresses, scope) {
      if (!Array.isArray(addresses)) throw new TypeError('[bouncy/core] addresses: give a list')
      const keyed = addresses.map((address) => ({ address, key: addressKey(address) }))
      const keys = new Set(keyed.flatMap(({ key }) => key ?? []))
      const found = keys.size === 0 ? new Map<string, Suppression>() : await active([...keys], scope)
      const result: Awaited<ReturnType<List['filterRecipients']>> = {
        deliverable: [],
        suppressed: [],
        invalid: [],
      }
      for (const { address, key } of keyed) {
        const suppression = key === undefined ? undefined : found.get(key)
        if (key === undefined) result.invalid.push(address)
        else if (suppression === undefined) result.deliverable.push(address)
        else result.suppressed.push({ ...suppression, address })
      }
      return result
    },
    async suppress({ address, reason, expiresAt, scope, note, actor }) {
      if (!Object.hasOwn(GRAVITY, reason))
        throw new TypeError(`[bouncy/core] reason: give one of ${Object.keys(GRAVITY).join(', ')}`)
      const expiry = expiresAt === undefined ? undefined : Date.parse(expiresAt)
      if (Number.isNaN(expiry)) throw new TypeError('[bouncy/core] expiresAt: give a time in ISO 8601')
      const at = now()
      await apply(keyOf(address), {
        kind: 'suppress',
        at,
        id: `by-hand-${crypto.randomUUID()}`,
        reason,
        ...(scope === undefined ? {} : { scope }),
        ...(expiry === undefined ? {} : { expiresAt: expiry }),
        ...(note === undefined ? {} : { note }),
        ...(actor === undefined ? {} : { actor }),
      })
    },
    async unsuppress(address, { actor, note, scope }) {
      if (typeof actor !== 'string' || actor === '')
        throw new TypeError('[bouncy/core] actor: say who lifts the suppression')
      const key = keyOf(address)
      const at = now()
      const suppressed = (await store.findSuppressions([key])).some(
        (one) =>
          (one.expiresAt === undefined || Date.parse(one.expiresAt) > at) &&
          (scope === undefined || (one.scope?.stream === scope.stream && one.scope?.tenant === scope.tenant)),
      )
      await apply(key, {
        kind: 'lift',
        at,
        actor,
        ...(note === undefined ? {} : { note }),
        ...(scope === undefined ? {} : { scope }),
      })
      return suppressed
    },
  }
}

function keyOf(address: string): string {
  const key = addressKey(address)
  if (key === undefined) throw new TypeError('[bouncy/core] address: this is no e-mail address')
  return key
}
