/** What one request holds of the budget. */
export interface Lease {
  /** Takes more, or nothing if there is not enough left. */
  take(bytes: number): boolean
  /** Gives everything back. */
  release(): void
}

/** Memory that the requests of a binding share: `total` bytes, however many of them there are. */
export function createBudget(total: number): { lease(): Lease } {
  let left = total
  return {
    lease() {
      let held = 0
      return {
        take(bytes) {
          if (bytes > left) return false
          left -= bytes
          held += bytes
          return true
        },
        release() {
          left += held
          held = 0
        },
      }
    },
  }
}
