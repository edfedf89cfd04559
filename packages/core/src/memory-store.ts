import { erase, prune } from './indexed/custody.ts'
import { claim, plain, record, settle } from './indexed/inbox.ts'
import { createListings } from './indexed/listings.ts'
import { createTables } from './indexed/tables.ts'
import type { Store } from './store.ts'

/**
 * Keeps everything in the memory of this process: for tests, and for trying Bouncy out. It forgets at exit and does not
 * bound its size.
 *
 * @example
 * const bouncy = createBouncy({ providers: [ses({ topicArns })], store: memoryStore() })
 */
export function memoryStore(): Store {
  const tables = createTables(false)
  return {
    record: async (batch) => record(tables, plain(batch)),
    settle: async (outcomes) => settle(tables, outcomes),
    claim: async (query) => claim(tables, query),
    ...createListings(tables),
    prune: async (limits) => prune(tables, limits),
    erase: async (erasure) => erase(tables, erasure),
    async close() {},
  }
}
