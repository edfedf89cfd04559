import type { RecordResult, SettleOutcome, Store } from '@bouncy/core/store'
import type { Kysely } from 'kysely'
import { createAccess } from './access.ts'
import { listAudit } from './audit.ts'
import { claimFree, settleAll, settleClaimed } from './claims.ts'
import type { Connections } from './connections.ts'
import { countDays, type DailyCount, type DailyQuery, dailyCounter } from './daily.ts'
import type { Dialect } from './dialect.ts'
import { eraseAddress } from './erase.ts'
import { groupCommit } from './group-commit.ts'
import { listEvents, listQuarantined } from './pages.ts'
import { pruneAll } from './prune.ts'
import { type Recording, recordAll, toRecording } from './record.ts'
import type { ShortWay } from './short-way.ts'
import { listSuppressions, suppressionFinder } from './suppressions.ts'
import type { Trx } from './tables.ts'

/** A store whose events can be settled together with what a handler writes, and which counts them. */
export type TransactionalStore = Store &
  Required<Pick<Store, 'settleWith'>> & {
    /**
     * How many events of each kind each day had, ordered by day, provider and type. An event counts once, for the day of
     * its `timestamp`, and goes on counting when it is pruned; those that an earlier version stored do not count.
     *
     * @throws TypeError what is no day
     */
    daily(query: DailyQuery): Promise<readonly DailyCount[]>
  }

/** The store over a database that has our tables. */
export function createStore(
  db: Kysely<unknown>,
  dialect: Dialect,
  shortWay?: ShortWay,
  connections?: Connections,
): Omit<TransactionalStore, 'close'> {
  const access = createAccess(db, dialect, connections)
  const { read, transact, lend } = access
  const countDaily = dailyCounter(dialect)
  const commit = groupCommit<Trx, Item, RecordResult | undefined>(
    transact,
    async (trx, items) => {
      // first, so that an event that comes again is found settled: each outcome is of an event that was stored before
      await settleAll(
        trx,
        dialect,
        items.flatMap(({ outcomes = [] }) => outcomes),
      )
      const recordings = items.flatMap(({ recording = [] }) => recording)
      const results = await recordAll(trx, dialect, recordings)
      await countDaily(trx, recordings, results)
      const each = results.values()
      return items.map(({ recording }) => (recording === undefined ? undefined : each.next().value))
    },
    weigh,
  )

  return {
    record: async (batch) => (await commit({ recording: toRecording(batch) })) as RecordResult,
    settle: async (outcomes) => void (await commit({ outcomes })),
    claim: (query) => transact((trx) => claimFree(trx, dialect, query)),
    settleWith: (id, work) => lend(work, (ours) => settleClaimed(ours, id)),
    findSuppressions: suppressionFinder(access, dialect, shortWay),
    suppressions: (query) => read((reader) => listSuppressions(reader, query)),
    events: (query) => read((reader) => listEvents(reader, query)),
    quarantined: (query) => read((reader) => listQuarantined(reader, query)),
    audit: (query) => read((reader) => listAudit(reader, query)),
    daily: (query) => read((reader) => countDays(reader, query)),
    prune: (limits) => pruneAll(access, dialect, limits),
    erase: (erasure) => eraseAddress(access, dialect, erasure),
  }
}

/** What shares a commit: outcomes ride on what is recorded next. */
interface Item {
  readonly recording?: Recording
  readonly outcomes?: readonly SettleOutcome[]
}

/** How much work it is, in statements about. */
function weigh({ recording, outcomes = [] }: Item): number {
  if (recording === undefined) return outcomes.length
  const { events, marks, quarantined } = recording.batch
  return 1 + Math.max(events.length, marks.length) + quarantined.length
}
