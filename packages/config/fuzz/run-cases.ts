import { judge } from './judge.ts'
import { createRandom } from './random.ts'
import type { Batch, FuzzCase, FuzzSubject, FuzzTarget } from './target.ts'
import { createWorld, type Observed } from './world.ts'

/** Cases that share providers and store; a replay repeats what came before in the batch. */
export const BATCH = 1_000

/** A mode of a target, with all of its choices settled. */
export interface Series {
  readonly subject: FuzzSubject
  /** The cases of a batch, by its number. */
  batch(number: number): Iterable<FuzzCase>
}

/** A case that ran. */
export interface Outcome {
  readonly number: number
  readonly case: FuzzCase
  readonly observed: Observed
  readonly faults: readonly string[]
}

/**
 * Settles the choices of a mode.
 *
 * @param name of the target, so that no two of them draw the same
 * @throws TypeError a mode that the target does not have
 */
export function seriesOf(target: FuzzTarget, name: string, mode: string, seed: number): Series {
  const make = Object.hasOwn(target, mode) ? target[mode] : undefined
  if (make === undefined) throw new TypeError(`${name} has no mode ${mode}`)
  const subject = make(createRandom(seed, name, mode))
  return {
    subject,
    batch(number) {
      const batch: Batch = {
        size: BATCH,
        random: (part) => createRandom(seed, name, mode, number, part),
      }
      return subject.cases(batch)
    },
  }
}

/**
 * Runs the first cases of a batch, one after the other.
 *
 * @param count how many at the most
 * @param begin is told of each case before it runs
 */
export async function* runBatch(
  series: Series,
  batch: number,
  count: number,
  begin: (number: number, one: FuzzCase) => void = () => {},
): AsyncGenerator<Outcome> {
  const world = createWorld(series.subject)
  let number = batch * BATCH
  const end = number + Math.min(count, BATCH)
  for (const one of series.batch(batch)) {
    if (number === end) return
    begin(number, one)
    const observed = await world.send(one.post)
    yield { number, case: one, observed, faults: judge(series.subject, one, observed) }
    number += 1
  }
}
