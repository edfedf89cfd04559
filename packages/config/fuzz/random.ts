import { createHash } from 'node:crypto'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** Repeatable choices: the same seed makes the same ones. */
export interface Random {
  /** A whole number from 0 to `bound - 1`. */
  below(bound: number): number
  /** @throws TypeError an empty list */
  of<T>(list: ArrayLike<T>): T
  /** True with this probability. */
  chance(probability: number): boolean
  bytes(length: number): Uint8Array
}

/** A generator whose state is made of all parts of the seed. */
export function createRandom(...seed: readonly (string | number)[]): Random {
  const digest = createHash('sha256').update(JSON.stringify(seed)).digest()
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32BE(offset)))
  const below = (bound: number): number => uniformInt(generator, 0, bound - 1)
  return {
    below,
    of(list) {
      if (list.length === 0) throw new TypeError('there is nothing to choose from')
      return list[below(list.length)] as (typeof list)[number]
    },
    chance: (probability) => below(1_000_000) < probability * 1_000_000,
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  }
}
