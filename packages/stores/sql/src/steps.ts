import { setImmediate } from 'node:timers/promises'
import type { Access } from './access.ts'
import type { Trx } from './tables.ts'

/** Rows that one step looks at: few enough not to hold anybody up. */
export const STEP = 128

/** Where a step ended: what the rows are ordered by, and the key of the last one. */
export type Position = readonly [order: string | number, key: string | number]

/** What a step did, and where the next one goes on; nowhere where nothing is left. */
export interface Step {
  readonly count: number
  readonly next: Position | undefined
}

/** Does something in short transactions, between which others have their turn. @returns how often it was done */
export async function inSteps(
  { transact }: Access,
  step: (trx: Trx, after: Position | undefined) => Promise<Step>,
): Promise<number> {
  let count = 0
  let after: Position | undefined
  do {
    const done = await transact((trx) => step(trx, after))
    count += done.count
    after = done.next
    await setImmediate()
  } while (after !== undefined)
  return count
}

/** The end of a step that looked at these rows. */
export function endStep<Row>(rows: readonly Row[], count: number, position: (row: Row) => Position): Step {
  const last = rows.at(-1)
  return { count, next: rows.length < STEP || last === undefined ? undefined : position(last) }
}
