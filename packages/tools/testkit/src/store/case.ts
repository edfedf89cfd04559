import type { Store } from '@bouncy/core'

/** The parts of a store's definition. */
export const STORE_GROUPS = [
  'record',
  'claims',
  'marks',
  'concurrency',
  'atomicity',
  'suppressions',
  'events',
  'quarantine',
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
  reopen: (() => Store | Promise<Store>) | undefined,
): Promise<void> {
  let store = await makeStore()
  try {
    await storeCase.run({
      store,
      async reopen() {
        if (reopen === undefined) throw new Error('testStore: give reopen, or skip the group with its reason')
        await store.close()
        store = await reopen()
        return store
      },
    })
  } finally {
    await store.close()
  }
}
