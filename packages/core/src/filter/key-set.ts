import { charCodeAt } from '../string-methods.ts'

/** A set of texts that may take a few for its own that are not, and never the other way round. */
export interface KeySet {
  add(key: string): void
  /** Of 4,300 texts that are not in a set of a million, one is found. */
  mayHave(key: string): boolean
  /** How many are in it; those that it cannot tell apart count once. */
  size(): number
}

/** Slots that a set begins with: a power of two, as all its sizes are. */
const FEWEST = 1_024
/** Of ten slots so many are taken at the most, or searches would become long. */
const FULL = 6

/**
 * Keeps 32 bits of a hash of each text, in a table that is searched from the slot that the hash names: 4 bytes a slot,
 * and 7 to 14 bytes a text. Ours, because what libraries have are Bloom filters: smaller, but of a size that has to be known, and
 * core installs no dependency. The seed is of chance, so that nobody can choose addresses that share a slot.
 */
export function createKeySet(): KeySet {
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1))
  let slots = new Uint32Array(FEWEST)
  let size = 0

  /** Puts a hash where it belongs. @returns whether it was not there */
  function put(hash: number): boolean {
    const at = slotOf(slots, hash)
    if (slots[at] === hash) return false
    slots[at] = hash
    return true
  }

  function grow(): void {
    const before = slots
    slots = new Uint32Array(before.length * 2)
    for (const hash of before) if (hash !== 0) put(hash)
  }

  return {
    add(key) {
      if (!put(hashOf(key, seed))) return
      size += 1
      if (size * 10 > slots.length * FULL) grow()
    },
    mayHave(key) {
      const hash = hashOf(key, seed)
      return slots[slotOf(slots, hash)] === hash
    },
    size: () => size,
  }
}

/** Where a hash is, or the free slot where it would be. */
function slotOf(slots: Uint32Array, hash: number): number {
  const last = slots.length - 1
  let at = hash & last
  while (slots[at] !== 0 && slots[at] !== hash) at = (at + 1) & last
  return at
}

/** FNV-1a over UTF-16 code units from a seed, mixed as MurmurHash3 ends; never 0, which is a free slot. */
function hashOf(text: string, seed: number): number {
  const { length } = text
  let hash = seed
  for (let index = 0; index < length; index += 1) {
    hash = Math.imul(hash ^ charCodeAt.call(text, index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0 || 1
}
