/** Ids that need not be looked up again: the last ones of which something was learned. */
export interface Remembered {
  has(id: string): boolean
  add(id: string): void
}

/** @param most how many ids are kept */
export function createRemembered(most: number): Remembered {
  const ids = new Set<string>()
  return {
    has: (id) => ids.has(id),
    add(id) {
      ids.add(id)
      if (ids.size <= most) return
      const [oldest = ''] = ids
      ids.delete(oldest)
    },
  }
}
