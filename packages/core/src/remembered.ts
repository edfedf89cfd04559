/** Ids that need not be looked up again: the last ones of which something was learned. */
export interface Remembered {
  has(id: string): boolean
  add(id: string): void
}

/**
 * Ids are forgotten by the thousand: to take the oldest one out of a `Set` costs more the more were taken out before.
 *
 * @param most how many ids are kept; at times only the last half of them
 */
export function createRemembered(most: number): Remembered {
  let older: ReadonlySet<string> = new Set()
  let newer = new Set<string>()
  return {
    has: (id) => newer.has(id) || older.has(id),
    add(id) {
      newer.add(id)
      if (newer.size < most / 2) return
      older = newer
      newer = new Set()
    },
  }
}
