/** Repeatable choices: the same seed makes the same ones. */
export interface Random {
  /** A whole number from 0 to `bound - 1`. */
  below(bound: number): number
  of<T>(list: readonly [T, ...T[]]): T
}

/** A generator of 32-bit state (mulberry32): enough to vary tests, and nothing else. */
export function createRandom(seed: number): Random {
  let state = seed | 0
  function below(bound: number): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound)
  }
  return { below, of: (list) => list[below(list.length)] ?? list[0] }
}
