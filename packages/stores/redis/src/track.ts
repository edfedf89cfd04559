/** Knows what is under way, so that closing can wait for it. */
export interface Track {
  /** @throws Error `close` was called */
  track<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when all that was begun has ended; nothing more can begin. */
  close(): Promise<void>
}

/** With nothing under way yet. */
export function createTrack(): Track {
  const underWay = new Set<Promise<unknown>>()
  let closing: Promise<void> | undefined

  return {
    async track(work) {
      if (closing !== undefined) throw new Error('[bouncy/redis] close() was called; make a new store')
      const working = work()
      underWay.add(working)
      try {
        return await working
      } finally {
        underWay.delete(working)
      }
    },
    close() {
      closing ??= Promise.allSettled(underWay).then(() => {})
      return closing
    },
  }
}
