import type { RecordResult, SettleOutcome, Store } from '@bouncy/core/store'
import type { Kysely } from 'kysely'
import { createAccess } from './access.ts'
import { listAudit } from './audit.ts'
import { claimFree, settleAll, settleClaimed } from './claims.ts'
import { countDays, type DailyCount, type DailyQuery, dailyCounter } from './daily.ts'
import type { Dialect } from './dialect.ts'
import { eraseAddress } from './erase.ts'
import { groupCommit } from './group-commit.ts'
import { listEvents, listQuarantined } from './pages.ts'
import { pruneAll } from './prune.ts'
import { type Recording, recordAll, toRecording } from './record.ts'
import { listSuppressions, suppressionFinder } from './suppressions.ts'
import type { Trx } from './tables.ts'

/** A store whose events can be settled together with what a handler writes, and which counts them. */
export type TransactionalStore = Store &
  Required<Pick<Store, 'settleWith'>> & {
    daily(query: DailyQuery): Promise<readonly DailyCount[]>
  }

/** The store over a database that has our tables. */
export function createStore(db: Kysely<unknown>, dialect: Dialect): Omit<TransactionalStore, 'close'> {
  const access = createAccess(db, dialect)
  const { read, transact, lend } = access
  const countDaily = dailyCounter(dialect)
  const record = groupCommit<Trx, Recording, RecordResult>(
    transact,
    async (trx, recordings) => {
      const results = await recordAll(trx, dialect, recordings)
      await countDaily(trx, recordings, results)
      return results
    },
    ({ batch }) => 1 + Math.max(batch.events.length, batch.marks.length) + batch.quarantined.length,
  )
  const settle = groupCommit<Trx, readonly SettleOutcome[], void>(
    transact,
    async (trx, outcomes) => {
      await settleAll(trx, dialect, outcomes.flat())
      return outcomes.map(() => undefined)
    },
    (outcomes) => outcomes.length,
  )

  return {
    record: async (batch) => record(toRecording(batch)),
    settle,
    claim: (query) => transact((trx) => claimFree(trx, dialect, query)),
    settleWith: (id, work) =>
      lend(async (theirs, ours) => {
        await work(theirs)
        await settleClaimed(ours, id)
      }),
    findSuppressions: suppressionFinder(access, dialect),
    suppressions: (query) => read((reader) => listSuppressions(reader, query)),
    events: (query) => read((reader) => listEvents(reader, query)),
    quarantined: (query) => read((reader) => listQuarantined(reader, query)),
    audit: (query) => read((reader) => listAudit(reader, query)),
    daily: (query) => read((reader) => countDays(reader, query)),
    prune: (limits) => pruneAll(access, dialect, limits),
    erase: (erasure) => eraseAddress(access, dialect, erasure),
  }
}
