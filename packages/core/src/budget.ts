/** What one request holds of the budget. */
export interface Lease {
  /** Takes more, or nothing if there is not enough left. */
  take(bytes: number): boolean
  /** The same for bytes that may never come: nothing if less than half of all would be left for those that do. */
  takeAhead(bytes: number): boolean
  /** Gives everything back. */
  release(): void
}

/** Memory that the requests of a binding share: `total` bytes, however many of them there are. */
export function createBudget(total: number): { lease(): Lease } {
  let left = total
  return {
    lease() {
      let held = 0
      function take(bytes: number): boolean {
        if (bytes > left) return false
        left -= bytes
        held += bytes
        return true
      }
      return {
        take,
        takeAhead: (bytes) => left - bytes >= total / 2 && take(bytes),
        release() {
          left += held
          held = 0
        },
      }
    },
  }
}
