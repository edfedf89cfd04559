import type { ClaimedEvent, ClaimQuery, MailEvent, SettleOutcome } from '@bouncy/core/store'
import { sql } from 'kysely'
import type { Dialect } from './dialect.ts'
import { slices } from './slices.ts'
import type { Trx } from './tables.ts'

/** Claims unsettled events that nobody holds, oldest receipt first. */
export async function claimFree(
  trx: Trx,
  dialect: Dialect,
  { now, leaseUntil, limit }: ClaimQuery,
): Promise<readonly ClaimedEvent[]> {
  const free = trx
    .selectFrom('bouncy_events')
    .select(['id', 'attempts', 'data'])
    // written out, since a parameter would keep the planner from the index of the unsettled
    .where('settled', '=', sql.lit(0))
    .where('lease_until', '<=', now)
    .orderBy('received_at')
    .orderBy('id')
    .limit(limit)
  const rows = await dialect.holdFree(free).execute()
  for (const ids of slices(rows.map((row) => row.id))) {
    await trx
      .updateTable('bouncy_events')
      .set((row) => ({ lease_until: leaseUntil, attempts: row('attempts', '+', 1) }))
      .where('id', 'in', ids)
      .execute()
  }
  return rows.map((row) => ({
    event: JSON.parse(row.data) as MailEvent,
    attempt: Number(row.attempts) + 1,
  }))
}

/** Ends claims; a settled event stays settled, whoever fails it afterwards. */
export async function settleAll(trx: Trx, outcomes: readonly SettleOutcome[]): Promise<void> {
  const idsOf = (outcome: SettleOutcome['outcome']): string[] => [
    ...new Set(outcomes.filter((one) => one.outcome === outcome).map((one) => one.id)),
  ]
  for (const ids of slices(idsOf('settled').sort())) {
    await trx
      .updateTable('bouncy_events')
      .set({ settled: 1, lease_until: 0 })
      .where('id', 'in', ids)
      .execute()
  }
  for (const ids of slices(idsOf('failed').sort())) {
    await trx.updateTable('bouncy_events').set({ lease_until: 0 }).where('id', 'in', ids).execute()
  }
}
