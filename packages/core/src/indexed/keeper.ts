/** Where `indexedStore` keeps what it has in memory: any database that can write several values at once. */
export interface Keeper<Transaction = never> {
  /** Everything that is kept, in any order. Called once, before anything else. */
  load(): AsyncIterable<Kept> | Iterable<Kept>
  /**
   * Keeps all of this, or nothing; on the disk when it resolves. Never called twice at the same time.
   * @param transaction what a handler was given by `begin`, to be written in the same step
   */
  keep(changes: readonly Change[], transaction?: Transaction): Promise<void>
  /** Makes what a handler writes through; without it the store has no `settleWith`. */
  begin?(): Transaction
  /** Sees to it that what was removed is gone from the files as well; called after an erasure. */
  purge?(): Promise<void>
  /** Releases what the keeper opened. */
  close(): Promise<void>
}

/** A value under its key, both text. */
export interface Kept {
  readonly key: string
  readonly value: string
}

/** A value to be kept in place of what the key has; none: the key is removed. */
export interface Change {
  readonly key: string
  readonly value?: string
}
