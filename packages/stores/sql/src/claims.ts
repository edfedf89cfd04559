import type { ClaimedEvent, ClaimQuery, MailEvent, SettleOutcome } from '@bouncy/core/store'
import { sql } from 'kysely'
import type { Dialect } from './dialect.ts'
import { slices } from './slices.ts'
import { STANDING, type Trx } from './tables.ts'

/** Claims unsettled events that are due and that nobody holds, oldest receipt first. */
export async function claimFree(
  trx: Trx,
  dialect: Dialect,
  { now, dueBy, leaseUntil, limit }: ClaimQuery,
): Promise<readonly ClaimedEvent[]> {
  const free = trx
    .selectFrom('bouncy_events')
    .select(['id', 'attempts', 'data'])
    // written out, since a parameter would keep the planner from the index of the unsettled
    .where('settled', '=', sql.lit(STANDING.unsettled))
    .where('lease_until', '<=', Math.floor(now))
    .where('retry_at', '<=', Math.floor(dueBy))
    .orderBy('received_at')
    .orderBy('id')
    .limit(limit)
  const rows = await dialect.holdFree(free).execute()
  for (const ids of slices(
    rows.map((row) => row.id),
    dialect,
  )) {
    await trx
      .updateTable('bouncy_events')
      .set((row) => ({ lease_until: Math.ceil(leaseUntil), attempts: row('attempts', '+', 1) }))
      .where('id', 'in', ids)
      .execute()
  }
  return rows.map((row) => ({
    event: JSON.parse(row.data) as MailEvent,
    attempt: Number(row.attempts) + 1,
  }))
}

/** Ends claims; a settled event stays settled, whatever is said of it afterwards. */
export async function settleAll(
  trx: Trx,
  dialect: Dialect,
  outcomes: readonly SettleOutcome[],
): Promise<void> {
  const ends = [...endsOf(outcomes)].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const same of Map.groupBy(ends, ([, end]) => JSON.stringify(end)).values()) {
    const end = same[0]?.[1] ?? {}
    for (const ids of slices(
      same.map(([id]) => id),
      dialect,
    )) {
      await trx
        .updateTable('bouncy_events')
        .set({ lease_until: 0, ...end })
        .where('id', 'in', ids)
        .where('settled', '<>', STANDING.settled)
        .execute()
    }
  }
}

/** Settles an event that somebody has claimed. @throws Error where nobody has */
export async function settleClaimed(trx: Trx, id: string): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('bouncy_events')
    .set({ settled: STANDING.settled, lease_until: 0 })
    .where('id', '=', id)
    .where('settled', '=', STANDING.unsettled)
    .where('lease_until', '>', 0)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) {
    throw new Error('[bouncy/sql] the event is no longer claimed: what was written with it is rolled back')
  }
}

/** What is written of an event whose claim ends. */
interface End {
  readonly settled: number
  readonly retry_at: number
  readonly attempts?: 0
}

/** What several outcomes of one event come to, one after the other. */
function endsOf(outcomes: readonly SettleOutcome[]): ReadonlyMap<string, End> {
  const ends = new Map<string, End>()
  for (const { id, outcome, retryAt = 0 } of outcomes) {
    const before = ends.get(id)
    if (before?.settled === STANDING.settled) continue
    const anew = outcome === 'revived' || before?.attempts === 0
    ends.set(id, {
      settled: outcome === 'settled' || outcome === 'dead' ? STANDING[outcome] : STANDING.unsettled,
      retry_at: outcome === 'failed' ? Math.ceil(retryAt) : 0,
      ...(anew ? { attempts: 0 } : {}),
    })
  }
  return ends
}
