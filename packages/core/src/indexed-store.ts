import { erase, prune } from './indexed/custody.ts'
import { claim, isClaimed, plain, record, settle } from './indexed/inbox.ts'
import type { Keeper } from './indexed/keeper.ts'
import { createListings } from './indexed/listings.ts'
import { createTables } from './indexed/tables.ts'
import type { Store } from './store.ts'

/**
 * A whole store out of a database that can do no more than write several values at once: everything is found in memory,
 * and whatever changes is kept before anybody is told. One process at a time, with the memory for all that is kept;
 * what the keeper throws is passed on, and nothing of that step remains.
 *
 * @example
 * const store = indexedStore({ load: () => db.iterator(), keep: (changes) => db.write(changes), close: () => db.close() })
 */
export function indexedStore<Transaction>(keeper: Keeper<Transaction>): Store {
  const tables = createTables(true)
  const listings = createListings(tables)
  let turn: Promise<unknown> = Promise.resolve()
  let loaded = false
  let closing: Promise<void> | undefined

  /** One at a time, so that nobody sees what is not kept yet. */
  function inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    if (closing !== undefined)
      return Promise.reject(new Error('[bouncy/core] close() was called; make a new store'))
    const result = turn.then(async () => {
      if (!loaded) await load()
      return work()
    })
    turn = result.catch(() => {})
    return result
  }

  async function load(): Promise<void> {
    for await (const one of keeper.load()) tables.load(one)
    loaded = true
  }

  /** Does something, and keeps what that changes. */
  async function change<T>(work: () => T, transaction?: Transaction): Promise<T> {
    try {
      const result = work()
      const changes = tables.changes()
      if (changes.length > 0 || transaction !== undefined) await keeper.keep(changes, transaction)
      tables.kept()
      return result
    } catch (error) {
      tables.undo()
      throw error
    }
  }

  const begin = keeper.begin?.bind(keeper)
  return {
    async record(given) {
      const batch = plain(given)
      return inTurn(() => change(() => record(tables, batch)))
    },
    settle: (outcomes) => inTurn(() => change(() => settle(tables, outcomes))),
    claim: (query) => inTurn(() => change(() => claim(tables, query))),
    ...(begin === undefined
      ? {}
      : {
          settleWith: (id, work) =>
            inTurn(async () => {
              const transaction = begin()
              await work(transaction)
              if (!isClaimed(tables, id)) throw new Error('[bouncy/core] the event is not claimed any more')
              await change(() => settle(tables, [{ id, outcome: 'settled' }]), transaction)
            }),
        }),
    findSuppressions: (keys) => inTurn(() => listings.findSuppressions(keys)),
    suppressions: (query) => inTurn(() => listings.suppressions(query)),
    events: (query) => inTurn(() => listings.events(query)),
    quarantined: (query) => inTurn(() => listings.quarantined(query)),
    audit: (query) => inTurn(() => listings.audit(query)),
    prune: (limits) => inTurn(() => change(() => prune(tables, limits))),
    erase: (erasure) =>
      inTurn(async () => {
        await change(() => erase(tables, erasure))
        await keeper.purge?.()
      }),
    close() {
      closing ??= turn.then(() => keeper.close())
      return closing
    },
  }
}
