/** What `filteredStore` takes. */
export interface FilterOptions {
  /**
   * How long the suppressions of other processes may be missed at the most, in milliseconds. Each process asks for what
   * is new twice as often, while it is used. @default 5,000
   */
  readonly maxStaleMs?: number
  /**
   * How late a change may turn up, in milliseconds: as long as a transaction of another process takes from its first
   * statement to its commit, and as far as the clocks of processes differ. For so long after the first use the filter
   * waits before it loads; a change that is later still may be missed until it loads again.
   * 0 where one process at a time writes, as in SQLite. @default 120,000
   */
  readonly lateMs?: number
}

/** @throws TypeError naming the option and the remedy */
export function readFilterOptions(options: FilterOptions): Required<FilterOptions> {
  for (const name of Object.keys(options)) {
    if (name !== 'maxStaleMs' && name !== 'lateMs')
      throw new TypeError(`[bouncy/core] ${name}: there is no such option; there are maxStaleMs and lateMs`)
  }
  const { maxStaleMs = 5_000, lateMs = 120_000 } = options
  if (!(Number.isFinite(maxStaleMs) && maxStaleMs > 0))
    throw new TypeError('[bouncy/core] maxStaleMs: give a number of milliseconds greater than 0')
  if (!(Number.isFinite(lateMs) && lateMs >= 0))
    throw new TypeError('[bouncy/core] lateMs: give a number of milliseconds, or 0')
  return { maxStaleMs, lateMs }
}
