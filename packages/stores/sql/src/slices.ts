/** Rows or values in one statement at the most: a power of two, far below the 32,766 parameters of SQLite. */
const MOST = 512

/**
 * Cuts a list into parts for one statement each. Their lengths are powers of two, so that few different statements come
 * about and each stays prepared: 50 items make statements of 32, 16 and 2.
 */
export function* slices<T>(items: readonly T[]): Generator<readonly T[]> {
  let start = 0
  while (start < items.length) {
    let length = MOST
    while (length > items.length - start) length /= 2
    yield items.slice(start, start + length)
    start += length
  }
}
