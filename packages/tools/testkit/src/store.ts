import type { Store } from '@bouncy/core'
import { describe, it } from 'vitest'
import { runStoreCase, STORE_GROUPS, type StoreGroup, type TransactionProbe } from './store/case.ts'
import { storeCases } from './store/cases.ts'

export type { StoreGroup, TransactionProbe } from './store/case.ts'

/** What the kit has to know of a store. */
export interface TestStoreOptions {
  /**
   * Opens once more what the store that was made last had kept, after that one was closed. Without it, `skip` has to
   * say why there is nothing to open.
   */
  readonly reopen?: () => Store | Promise<Store>
  /** Writes through the transactions of `settleWith`. Without it, `skip` has to say why the store has none. */
  readonly transactions?: TransactionProbe
  /** What this backend cannot do: the group of tests, and the reason. */
  readonly skip?: Readonly<Partial<Record<StoreGroup, string>>>
}

/**
 * The definition of a store, as a vitest suite: each event stored once, batches whole or not at all, claims that nobody
 * shares, marks that none gets lost of, listings that show every item once, in order, and nothing left of what is pruned
 * or erased.
 *
 * @param makeStore makes an empty store, for each test
 * @throws TypeError a group in `skip` that does not exist, or has no reason
 * @example
 * let path = ''
 * testStore('sqliteStore', () => sqliteStore((path = freshPath())), {
 *   reopen: () => sqliteStore(path),
 *   skip: { transactions: 'shown elsewhere' },
 * })
 */
export function testStore(
  name: string,
  makeStore: () => Store | Promise<Store>,
  { reopen, transactions, skip = {} }: TestStoreOptions = {},
): void {
  for (const [group, reason] of Object.entries(skip)) {
    if (!STORE_GROUPS.includes(group as StoreGroup) || reason.trim() === '') {
      throw new TypeError(
        `[bouncy/testkit] skip.${group}: give a reason, for one of ${STORE_GROUPS.join(', ')}`,
      )
    }
  }
  describe(`store ${name}`, () => {
    for (const [group, cases] of Map.groupBy(storeCases, (one) => one.group)) {
      const reason = skip[group]
      const register = reason === undefined ? describe : describe.skip
      register(reason === undefined ? group : `${group} (skipped: ${reason})`, () => {
        for (const one of cases) {
          it(one.name, { timeout: 30_000 }, () => runStoreCase(one, makeStore, { reopen, transactions }))
        }
      })
    }
  })
}
