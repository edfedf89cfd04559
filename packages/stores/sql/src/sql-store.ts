import type { SqlStoreOptions } from './options.ts'
import type { TransactionalStore } from './store.ts'

/** A store in an SQL database; the transaction that `settleWith` hands out is a Kysely `Transaction`. */
export interface SqlStore extends TransactionalStore {
  /** Creates our tables, or brings them up to date; harmless where they are. May run in several processes at once. */
  migrate(): Promise<void>
}

/** A database that can be talked to. */
export interface Opened {
  readonly store: Omit<TransactionalStore, 'close'>
  /** What to do without our tables, unless the options say otherwise. */
  readonly migrates: 'auto' | 'manual'
  isMigrated(): Promise<boolean>
  migrate(): Promise<void>
}

/**
 * A store that opens its database at the first use, sees to the tables, and is closed when all that it was asked is
 * done. Where opening fails the next use tries again.
 *
 * @param open loads what is heavy, so that constructing a store is cheap
 * @param release closes what was opened by us
 */
export function openLazily(
  open: () => Promise<Opened>,
  release: () => unknown,
  options: SqlStoreOptions,
): SqlStore {
  const underWay = new Set<Promise<unknown>>()
  let opening: Promise<Opened> | undefined
  let preparing: Promise<Opened> | undefined
  let ready: Opened | undefined
  let closing: Promise<void> | undefined

  function use<T>(work: (store: Opened['store']) => Promise<T>): Promise<T> {
    return track(async () => {
      preparing ??= retryable(prepare(), () => {
        preparing = undefined
      })
      // a promise that has long been kept is waited for all the same
      ready ??= await preparing
      return work(ready.store)
    })
  }

  async function prepare(): Promise<Opened> {
    const opened = await reach()
    if (await opened.isMigrated()) return opened
    if ((options.migrate ?? opened.migrates) === 'manual') {
      throw new Error(
        "[bouncy/sql] the tables are missing or older than this version: call the store's migrate() once, or pass { migrate: 'auto' }",
      )
    }
    await opened.migrate()
    return opened
  }

  function reach(): Promise<Opened> {
    opening ??= retryable(open(), () => {
      opening = undefined
    })
    return opening
  }

  function track<T>(work: () => Promise<T>): Promise<T> {
    if (closing !== undefined)
      return Promise.reject(new Error('[bouncy/sql] close() was called; make a new store'))
    const working = work()
    underWay.add(working)
    const done = () => underWay.delete(working)
    working.then(done, done)
    return working
  }

  return {
    record: (batch) => use((store) => store.record(batch)),
    settle: (outcomes) => use((store) => store.settle(outcomes)),
    claim: (query) => use((store) => store.claim(query)),
    settleWith: (id, work) => use((store) => store.settleWith(id, work)),
    findSuppressions: (keys) => use((store) => store.findSuppressions(keys)),
    suppressions: (query) => use((store) => store.suppressions(query)),
    events: (query) => use((store) => store.events(query)),
    quarantined: (query) => use((store) => store.quarantined(query)),
    audit: (query) => use((store) => store.audit(query)),
    prune: (limits) => use((store) => store.prune(limits)),
    daily: (query) => use((store) => store.daily(query)),
    erase: (erasure) => use((store) => store.erase(erasure)),
    migrate: () => track(async () => (await reach()).migrate()),
    close() {
      closing ??= Promise.allSettled(underWay).then(async () => void (await release()))
      return closing
    },
  }
}

function retryable<T>(promise: Promise<T>, forget: () => void): Promise<T> {
  promise.catch(forget)
  return promise
}
