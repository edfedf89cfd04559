import type { Dialect } from './dialect.ts'

/** Rows in one statement at the most: a power of two, far below the 32,766 parameters of SQLite. */
const MOST_ROWS = 512
/** Values in one statement, likewise: a round trip costs more than they do. PostgreSQL takes 65,535 parameters. */
export const MOST_VALUES = 16_384
/** Characters in one statement, unless a single row has more: servers refuse what is too long. */
const MOST_CHARACTERS = 1 << 20

/**
 * Cuts a list of rows or values into parts for one statement each. Where statements stay prepared, the lengths of the
 * parts are powers of two, so that few different statements come about: 50 items make statements of 32, 16 and 2.
 */
export function* slices<T>(
  items: readonly T[],
  { keepsStatements }: Pick<Dialect, 'keepsStatements'>,
): Generator<readonly T[]> {
  const most = typeof items[0] === 'object' ? MOST_ROWS : MOST_VALUES
  let start = 0
  while (start < items.length) {
    const fits = fitting(items, start, Math.min(start + most, items.length))
    const length = keepsStatements ? 2 ** Math.floor(Math.log2(fits)) : fits
    yield items.slice(start, start + length)
    start += length
  }
}

/** How many of the items from `start` on, and before `end`, go into one statement. */
function fitting(items: readonly unknown[], start: number, end: number): number {
  let characters = 0
  for (let index = start; index < end; index += 1) {
    characters += lengthOf(items[index])
    if (characters > MOST_CHARACTERS) return Math.max(1, index - start)
  }
  return end - start
}

/** Of what may be long; all else is as short as an address. */
function lengthOf(item: unknown): number {
  const { data, marks }: { readonly data?: unknown; readonly marks?: unknown } = item ?? {}
  return [data, marks].reduce<number>((sum, text) => sum + (typeof text === 'string' ? text.length : 0), 0)
}
