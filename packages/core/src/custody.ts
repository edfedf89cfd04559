import { addressKey, bareAddress } from './address.ts'
import type { Settings } from './bouncy.ts'
import { anonymise, redactEvent, redactTexts } from './redact.ts'
import type { Tombstones } from './tombstone.ts'
import type { Bouncy } from './types.ts'

type Custody = Pick<Bouncy, 'events' | 'audit' | 'erase' | 'prune'>

const DAY = 86_400_000

/** What is kept of people: listings by address, and how it is forgotten. */
export function createCustody({ store, now, retention }: Settings, tombstones: Tombstones): Custody {
  return {
    async events({ recipient, ...query } = {}) {
      if (recipient === undefined) return store.events(query)
      const key = addressKey(recipient)
      return key === undefined ? { items: [] } : store.events({ ...query, key })
    },
    async audit({ address, ...query } = {}) {
      if (address === undefined) return store.audit(query)
      const key = addressKey(address)
      return key === undefined ? { items: [] } : store.audit({ ...query, address: key })
    },
    async erase(address) {
      const key = addressKey(address)
      if (key === undefined) throw new TypeError('[bouncy/core] address: this is no e-mail address')
      const tombstone = await tombstones.of(key)
      const spellings = [...new Set([key, bareAddress(address).toLowerCase()])]
      await store.erase({
        key,
        spellings,
        tombstone,
        anonymise: (event) => anonymise(event, tombstone, spellings),
        redact: (event) => redactTexts(event, spellings),
      })
    },
    async prune() {
      const at = now()
      return store.prune({
        now: at,
        rawBefore: at - retention.rawMs,
        eventsBefore: at - retention.eventsMs,
        quarantinedBefore: at - retention.quarantinedMs,
        addressesBefore: at - Math.max(retention.eventsMs, 90 * DAY),
        auditBefore: at - retention.auditMs,
        redact: redactEvent,
      })
    },
  }
}
