import type { Store } from '@bouncy/core'

/** The parts of a store's definition. */
export const STORE_GROUPS = [
  'record',
  'tokens',
  'claims',
  'retries',
  'marks',
  'concurrency',
  'atomicity',
  'suppressions',
  'events',
  'quarantine',
  'audit',
  'prune',
  'erase',
  'transactions',
  'text',
  'queries',
  'close',
  'reopen',
] as const

/** A part of a store's definition, as it is named in `skip`. */
export type StoreGroup = (typeof STORE_GROUPS)[number]

/** One thing that a store must do; throws where it does not. */
export interface StoreCase {
  readonly group: StoreGroup
  readonly name: string
  run(context: StoreContext): Promise<void>
}

export interface StoreContext {
  /** Empty, and closed after the case. */
  readonly store: Store
  /** Closes the store, and opens what it kept once more. */
  reopen(): Promise<Store>
  /** Throws where there is none. */
  readonly probe: TransactionProbe
}

/** How a handler writes through what `settleWith` hands it; it starts empty with each store that is made. */
export interface TransactionProbe {
  /** Keeps a word through the transaction. */
  write(transaction: unknown, word: string): Promise<unknown>
  /** The words that were kept, each as often as it was, in any order. */
  read(): Promise<readonly string[]>
}

/** What a case may need besides the store. */
export interface StoreParts {
  readonly reopen?: (() => Store | Promise<Store>) | undefined
  readonly transactions?: TransactionProbe | undefined
}

/** The cases of a group, by their names. */
export function casesOf(
  group: StoreGroup,
  cases: Readonly<Record<string, StoreCase['run']>>,
): readonly StoreCase[] {
  return Object.entries(cases).map(([name, run]) => ({ group, name, run }))
}

/** Runs a case on a store of its own. Rejects where the store does not do what it must. */
export async function runStoreCase(
  storeCase: StoreCase,
  makeStore: () => Store | Promise<Store>,
  { reopen, transactions }: StoreParts = {},
): Promise<void> {
  let store = await makeStore()
  try {
    await storeCase.run({
      store,
      async reopen() {
        await store.close()
        store = await given('reopen', reopen)()
        return store
      },
      get probe() {
        return given('transactions', transactions)
      },
    })
  } finally {
    await store.close()
  }
}

function given<T>(option: StoreGroup, part: T | undefined): T {
  if (part === undefined) throw new Error(`testStore: give ${option}, or skip the group with its reason`)
  return part
}
