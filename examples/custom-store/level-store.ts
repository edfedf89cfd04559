import { type Change, indexedStore, type Store } from '@bouncy/core/store'
import type { BatchOperation, ClassicLevel } from 'classic-level'

type Database = ClassicLevel<string, string>

/** What a handler writes: `(await transaction()).push({ type: 'put', key, value })`. */
export type LevelTransaction = BatchOperation<Database, string, string>[]

/** Our keys begin with it; others may have theirs beside them. */
const OURS = 'bouncy:'
const AROUND = ['bouncy', 'bouncy;'] as const

/**
 * Keeps everything in LevelDB, which one process at a time can open. Lists are found in memory, which has to hold all
 * events and addresses.
 *
 * @param db stays yours: close it after `bouncy.close()`
 */
export function levelStore(db: Database): Store {
  return indexedStore<LevelTransaction>({
    async *load() {
      for await (const [key, value] of db.iterator({ gt: AROUND[0], lt: AROUND[1] }))
        yield { key: key.slice(OURS.length), value }
    },
    async keep(changes, transaction = []) {
      // a batch is written as a whole or not at all, and with `sync` it is on the disk
      await db.batch([...transaction, ...changes.map(toOperation)], { sync: true })
    },
    begin: () => [],
    async purge() {
      // what was removed stays in the files until they are merged with a newer one that covers the same keys
      for (const _ of ['to write what is in memory', 'to merge it']) {
        await db.batch(AROUND.map((key) => ({ type: 'del', key })))
        await db.compactRange(AROUND[0], AROUND[1])
      }
    },
    close: async () => {},
  })
}

function toOperation({ key, value }: Change): LevelTransaction[number] {
  return value === undefined ? { type: 'del', key: OURS + key } : { type: 'put', key: OURS + key, value }
}
