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
      const spellings = await spellingsOf(key, address)
      await store.erase({
        key,
        spellings,
        tombstone,
        anonymise: (event) => anonymise(event, tombstone, spellings),
        redact: (event) => redactTexts(event, spellings, tombstone),
      })
    },
    async prune() {
      const at = now()
      const before = (ms: number): number => Math.max(0, at - ms)
      return store.prune({
        now: at,
        rawBefore: before(retention.rawMs),
        eventsBefore: before(retention.eventsMs),
        quarantinedBefore: before(retention.quarantinedMs),
        addressesBefore: before(Math.max(retention.eventsMs, 90 * DAY)),
        auditBefore: before(retention.auditMs),
        redact: redactEvent,
      })
    },
  }
}

/** How payloads may spell an address: its domain in letters or as `xn--`, accents composed or not; in lower case. */
async function spellingsOf(key: string, address: string): Promise<readonly string[]> {
  const { toUnicode } = await import('./unicode.ts')
  const spelt = [key, toUnicode(key), bareAddress(address)]
  return [...new Set(spelt.flatMap((one) => [one, one.normalize('NFC'), one.normalize('NFD')]).map(lower))]
}

const lower = (text: string): string => text.toLowerCase()
