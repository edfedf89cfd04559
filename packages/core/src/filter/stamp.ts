/** A moment, by the two clocks that there are. */
export interface Stamp {
  readonly steady: number
  readonly wall: number
}

export const stamp = (): Stamp => ({ steady: performance.now(), wall: Date.now() })

/**
 * How long ago that was, rather too long than too short, in milliseconds: the steady clock may stand
 * still while a machine sleeps, and the one on the wall may be set back.
 */
export const ageOf = ({ steady, wall }: Stamp): number =>
  Math.max(performance.now() - steady, Date.now() - wall)
