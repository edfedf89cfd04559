import type { Store } from '@bouncy/core/store'

/** One store made of several over the same database, which are asked in turn, as processes would. */
export function spread(stores: readonly Store[]): Store {
  let turn = 0
  const next = (): Required<Store> => {
    turn = (turn + 1) % stores.length
    return stores[turn] as Required<Store>
  }
  return {
    record: (batch) => next().record(batch),
    settle: (outcomes) => next().settle(outcomes),
    claim: (query) => next().claim(query),
    settleWith: (id, work) => next().settleWith(id, work),
    findSuppressions: (keys) => next().findSuppressions(keys),
    suppressions: (query) => next().suppressions(query),
    events: (query) => next().events(query),
    quarantined: (query) => next().quarantined(query),
    audit: (query) => next().audit(query),
    prune: (limits) => next().prune(limits),
    erase: (erasure) => next().erase(erasure),
    async close() {
      await Promise.all(stores.map((store) => store.close()))
    },
  }
}
