import type { RecordResult, SettleOutcome, Store } from '@bouncy/core/store'
import { claimFree, settleAll } from './claims.ts'
import type { Dialect } from './dialect.ts'
import { groupCommit } from './group-commit.ts'
import { listEvents, listQuarantined } from './pages.ts'
import { type Recording, recordAll, toRecording } from './record.ts'
import { findSuppressions, listSuppressions } from './suppressions.ts'
import type { Database, Trx } from './tables.ts'

/** The store over a database that has our tables. */
export function createStore(db: Database, dialect: Dialect): Omit<Store, 'close'> {
  const transact = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => db.transaction().execute(work)
  const record = groupCommit<Trx, Recording, RecordResult>(
    transact,
    (trx, recordings) => recordAll(trx, dialect, recordings),
    ({ batch }) => 1 + batch.events.length + batch.quarantined.length,
  )
  const settle = groupCommit<Trx, readonly SettleOutcome[], void>(
    transact,
    async (trx, outcomes) => {
      await settleAll(trx, outcomes.flat())
      return outcomes.map(() => undefined)
    },
    (outcomes) => outcomes.length,
  )

  return {
    record: async (batch) => record(toRecording(batch)),
    settle,
    claim: (query) => transact((trx) => claimFree(trx, dialect, query)),
    findSuppressions: (keys) => findSuppressions(db, keys),
    suppressions: (query) => listSuppressions(db, query),
    events: (query) => listEvents(db, query),
    quarantined: (query) => listQuarantined(db, query),
  }
}
