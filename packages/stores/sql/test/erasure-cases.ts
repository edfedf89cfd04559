import type { Erasure } from '@bouncy/core/store'
import type { SqlStore } from '@bouncy/sql/sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NOW } from './batches.ts'
import { type Server, waitsForLock } from './servers.ts'

const KIM = 'kim@example.com'
const ERASURE: Erasure = {
  key: KIM,
  spellings: [KIM],
  tombstone: 'erased:kim',
  anonymise: (event) => event,
  redact: (event) => event,
}

/** What becomes of what other processes learn of an address while it is erased. */
export function describeErasure(server: Server): void {
  describe(`${server.name}: erasing an address`, { timeout: 60_000 }, () => {
    let store: SqlStore

    beforeEach(async () => {
      await server.empty()
      store = server.store()
      await store.events({})
    })
    afterEach(() => store.close())

    it('buries what another process has just stored of it, and loses nothing', async () => {
      const other = await server.begin()
      const mark = { kind: 'suppress', at: NOW, id: 'toy_kim', reason: 'bounce', provider: 'toy' }
      const suppression = { address: KIM, reason: 'bounce', since: new Date(NOW).toISOString() }
      await other.query(
        `insert into bouncy_addresses (address, marks, spent_at) values ('${KIM}', '${JSON.stringify([mark])}', ${NOW})`,
      )
      await other.query(
        `insert into bouncy_suppressions (address, place, reason, data)
         values ('${KIM}', 'bounce', 'bounce', '${JSON.stringify(suppression)}')`,
      )
      const erasing = store.erase(ERASURE)
      await waitsForLock(server)
      await other.commit()
      await erasing
      const found = await store.findSuppressions([KIM, ERASURE.tombstone])
      expect(found.map(({ address, reason }) => ({ address, reason }))).toEqual([
        { address: ERASURE.tombstone, reason: 'bounce' },
      ])
    })
  })
}
