/** A store that is not asked about addresses that have no suppression. */
import { createKeySet, type KeySet } from './filter/key-set.ts'
import { type FilterOptions, readFilterOptions } from './filter/options.ts'
import { ageOf, type Stamp, stamp } from './filter/stamp.ts'
import { createTrail } from './filter/trail.ts'
import type { Mark } from './fold.ts'
import type { Store } from './store.ts'
import type { Suppression } from './suppression.ts'
import { PREFIX } from './tombstone.ts'

export type { FilterOptions } from './filter/options.ts'

interface Known {
  readonly keys: KeySet
  /** How many there were as it was loaded. */
  readonly loaded: number
  /** All that was committed by then is in it. */
  readonly asOf: Stamp
}

const PAGE = 1_000
/** Before every expiry: an entry that has expired holds again where a clock is set back. */
const LONG_AGO = -8.64e15
const NONE: readonly Suppression[] = Object.freeze([])

/**
 * The same store, with the addresses that have a suppression in memory (as 32 bits each), so that `findSuppressions` only
 * asks the database about those. They are loaded at the first use; until all are there, and whenever the last look at
 * what others changed is longer ago than `maxStaleMs`, the database is asked as if there were no filter. What this store
 * writes is known at once. **What another process suppresses may be missed for `maxStaleMs`.**
 *
 * @throws TypeError an option that there is not, or out of range
 * @example
 * const bouncy = createBouncy({ providers, store: filteredStore(postgresStore(pool), { maxStaleMs: 2_000 }) })
 */
export function filteredStore<S extends Store>(store: S, options: FilterOptions = {}): S {
  const { maxStaleMs, lateMs } = readFilterOptions(options)
  const trail = createTrail(store, lateMs)
  let known: Known | undefined
  /** What is being loaded, to take the place of `known`. */
  let coming: KeySet | undefined
  let loading: Promise<void> | undefined
  let refreshing: Promise<void> | undefined
  let tried: Stamp | undefined
  /** Whether addresses are ever erased, as far as can be seen. */
  let buries = false
  let closed = false

  function add(key: string): void {
    known?.keys.add(key)
    coming?.add(key)
  }

  /** Looks for what is due, and waits for none of it. */
  function keepUp(): void {
    if (closed || refreshing !== undefined) return
    const isFresh = known !== undefined && ageOf(known.asOf) * 2 < maxStaleMs
    if (isFresh || (tried !== undefined && ageOf(tried) * 4 < maxStaleMs)) return
    tried = stamp()
    void refresh().then(loadIfDue, ignore)
  }

  /** One at a time; what fails is tried again, and the database answers in the meantime. */
  function refresh(): Promise<void> {
    const before = refreshing ?? Promise.resolve()
    const work = before.catch(ignore).then(readTrail)
    refreshing = work
    const done = () => {
      if (refreshing === work) refreshing = undefined
    }
    work.then(done, done)
    return work
  }

  async function readTrail(): Promise<void> {
    const asOf = stamp()
    const isWhole = await trail.read(add)
    // erasing moves suppressions and leaves nothing in the trail
    if (buries) await list(PREFIX, add)
    if (!isWhole) {
      known = undefined
      coming = undefined
    }
    if (known !== undefined) known = { ...known, asOf }
  }

  function loadIfDue(): void {
    const isDue = known === undefined || known.keys.size() > known.loaded * 2 + 10_000
    if (closed || loading !== undefined || !isDue || !trail.isSettled()) return
    loading = load()
      .catch(() => {
        coming = undefined
      })
      .finally(() => {
        loading = undefined
      })
  }

  async function load(): Promise<void> {
    const keys = createKeySet()
    coming = keys
    await list('', (key) => keys.add(key))
    // an address that is erased meanwhile goes from a place still to come to one that was passed
    await list(PREFIX, (key) => keys.add(key))
    const asOf = stamp()
    await refresh()
    // the trail may have been lost
    if (coming !== keys) return
    coming = undefined
    known = { keys, loaded: keys.size(), asOf }
  }

  async function list(prefix: string, tell: (address: string) => void): Promise<void> {
    let cursor: string | undefined
    do {
      if (closed) throw new Error('[bouncy/core] the store was closed')
      const query = { now: LONG_AGO, limit: PAGE, prefix }
      const page = await store.suppressions(cursor === undefined ? query : { ...query, cursor })
      for (const { address } of page.items) tell(address)
      cursor = page.next
    } while (cursor !== undefined)
  }

  return {
    ...store,
    record(batch) {
      // before it is committed: if that fails, a question too many is asked
      for (const { key, mark } of batch.marks) if (maySuppress(mark)) add(key)
      return store.record(batch)
    },
    findSuppressions(keys) {
      buries ||= keys.some(isBuried)
      keepUp()
      if (closed || known === undefined || ageOf(known.asOf) > maxStaleMs) return store.findSuppressions(keys)
      const { keys: set } = known
      const asked = keys.filter((key) => set.mayHave(key))
      if (asked.length === 0) return Promise.resolve(NONE)
      // one of them may have been erased since by another process, and be found as its tombstone only
      return store.findSuppressions(buries ? [...asked, ...keys.filter(isBuried)] : asked)
    },
    erase(erasure) {
      add(erasure.tombstone)
      return store.erase(erasure)
    },
    async close() {
      closed = true
      await Promise.allSettled([loading, refreshing])
      await store.close()
    },
  }
}

const isBuried = (key: string): boolean => key.startsWith(PREFIX)

/** The others only ever end a suppression. */
const maySuppress = ({ kind }: Mark): boolean => kind === 'suppress' || kind === 'strike'

const ignore = (): void => {}
