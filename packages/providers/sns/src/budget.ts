/** How often something may be done in a minute. */
export interface Budget {
  /** Takes one, unless `perMinute` were taken within the last minute. */
  take(perMinute: number): boolean
}

const MINUTE = 60_000

/** A budget by a sliding minute of `now`; a clock that is set back starts a new one. */
export function createBudget(now: () => number): Budget {
  let taken: readonly number[] = []
  return {
    take(perMinute) {
      const at = now()
      taken = taken.filter((time) => time <= at && at - time < MINUTE)
      if (taken.length >= perMinute) return false
      taken = [...taken, at]
      return true
    },
  }
}
