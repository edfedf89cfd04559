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

/**
 * How payloads may spell an address: its domain in letters or as `xn--`, accents composed or not, in a return path, in a
 * link or in JSON that is itself a text; in lower case.
 */
async function spellingsOf(key: string, address: string): Promise<readonly string[]> {
  const { toUnicode } = await import('./unicode.ts')
  const spelt = [key, toUnicode(key), bareAddress(address)]
  const sent = spelt.flatMap((one) => [one, ...inReturnPaths(one)])
  const composed = sent.flatMap((one) => [one, one.normalize('NFC'), one.normalize('NFD')])
  // what is encoded has no case any more that could be lowered
  const cased = composed.flatMap((one) => [one, one.toLowerCase(), inCapitals(one)])
  const written = cased.flatMap((one) => [one, ...inLinks(one), ...inTexts(one)])
  return [...new Set(written.map((one) => one.toLowerCase()))]
}

/** Letters outside ASCII alone, and none that would be ASCII then: the ß and the ſ are letters of other addresses, too. */
const inCapitals = (text: string): string =>
  text.replaceAll(/[^ -~]/gu, (letter) => {
    const capital = letter.toUpperCase()
    return /^[^ -~]$/u.test(capital) ? capital : letter
  })

/** In the local part of where bounces of its mail go (VERP), or of mail that was forwarded (SRS). */
function inReturnPaths(address: string): readonly string[] {
  const at = address.lastIndexOf('@')
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)]
  return [`${local}=${domain}`, `=${domain}=${local}@`]
}

/** Percent-encoded (RFC 3986), as far as it usually is. */
const inLinks = (text: string): readonly string[] => [
  encodeURIComponent(text),
  encodeURI(text),
  text.replaceAll('@', '%40'),
]

/** In a string of JSON (RFC 8259), with letters outside ASCII as they are or as numbers. */
function inTexts(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1)
  const number = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return [json, json.replaceAll(/[^ -~]/g, number)]
}
