import type { ClaimedEvent, ClaimQuery, MailEvent, SettleOutcome } from '@bouncy/core/store'
import type { Dialect } from './dialect.ts'
import { slices } from './slices.ts'
import type { Trx, WaitingRow } from './tables.ts'
import { waitingOf } from './waiting.ts'

/**
 * Claims unsettled events that are due and that nobody holds, oldest receipt first. What waits for an event that was
 * deleted by hand goes away, or it would be claimed instead of others for ever.
 */
export async function claimFree(
  trx: Trx,
  dialect: Dialect,
  query: ClaimQuery,
): Promise<readonly ClaimedEvent[]> {
  for (;;) {
    const { claimed, orphans } = await claimStep(trx, dialect, query)
    for (const ids of slices(orphans, dialect)) {
      await trx.deleteFrom('bouncy_waiting').where('id', 'in', ids).execute()
    }
    if (claimed.length > 0 || orphans.length === 0) return claimed
  }
}

async function claimStep(
  trx: Trx,
  dialect: Dialect,
  { now, dueBy, leaseUntil, limit }: ClaimQuery,
): Promise<{ readonly claimed: readonly ClaimedEvent[]; readonly orphans: readonly string[] }> {
  const free = trx
    .selectFrom('bouncy_waiting')
    .select(['id', 'attempts'])
    .where('dead', '=', 0)
    .where('lease_until', '<=', Math.floor(now))
    .where('retry_at', '<=', Math.floor(dueBy))
    .orderBy('received_at')
    .orderBy('id')
    .limit(limit)
  const rows = await dialect.holdFree(free).execute()
  const events = new Map<string, string>()
  for (const ids of slices(
    rows.map((row) => row.id),
    dialect,
  )) {
    await trx
      .updateTable('bouncy_waiting')
      .set((row) => ({ lease_until: Math.ceil(leaseUntil), attempts: row('attempts', '+', 1) }))
      .where('id', 'in', ids)
      .execute()
    const found = await trx
      .selectFrom('bouncy_events')
      .select(['id', 'data'])
      .where('id', 'in', ids)
      .execute()
    for (const { id, data } of found) events.set(id, data)
  }
  const claimed: ClaimedEvent[] = []
  const orphans: string[] = []
  for (const { id, attempts } of rows) {
    const data = events.get(id)
    if (data === undefined) orphans.push(id)
    else claimed.push({ event: JSON.parse(data) as MailEvent, attempt: Number(attempts) + 1 })
  }
  return { claimed, orphans }
}

/** Ends claims; a settled event stays settled, whatever is said of it afterwards. */
export async function settleAll(
  trx: Trx,
  dialect: Dialect,
  outcomes: readonly SettleOutcome[],
): Promise<void> {
  const ends = [...endsOf(outcomes)].sort(([a], [b]) => (a < b ? -1 : 1))
  if (dialect.locksRows && ends.length > 1 && ends.some(([, end]) => end !== undefined)) {
    // in the order in which redeliveries hold them, for who updates a small table goes in another one; deleting, which
    // is what is done nearly always, meets rows as they were inserted, and that was in this order, too
    await waitingOf(
      trx,
      dialect,
      ends.map(([id]) => id),
    )
  }
  for (const same of Map.groupBy(ends, ([, end]) => JSON.stringify(end)).values()) {
    const end = same[0]?.[1]
    for (const ids of slices(
      same.map(([id]) => id),
      dialect,
    )) {
      if (end === undefined) {
        const done = trx.deleteFrom('bouncy_waiting').where('id', 'in', ids)
        await dialect.alongIds(done, ids.length).execute()
      } else {
        const { onlyDead, ...columns } = end
        await trx
          .updateTable('bouncy_waiting')
          .set({ lease_until: 0, ...columns })
          .where('id', 'in', ids)
          .$if(onlyDead === true, (some) => some.where('dead', '=', 1))
          .execute()
      }
    }
  }
}

/** Settles an event that somebody has claimed. @throws Error where nobody has */
export async function settleClaimed(trx: Trx, id: string): Promise<void> {
  const { numDeletedRows } = await trx
    .deleteFrom('bouncy_waiting')
    .where('id', '=', id)
    .where('dead', '=', 0)
    .where('lease_until', '>', 0)
    .executeTakeFirst()
  if (numDeletedRows === 0n) {
    throw new Error('[bouncy/sql] the event is no longer claimed: what was written with it is rolled back')
  }
}

/** What is written of an event whose claim ends; nothing where it is settled. */
type End = Pick<WaitingRow, 'dead' | 'retry_at'> & { readonly attempts?: 0; readonly onlyDead?: true }

/** What several outcomes of one event come to, one after the other. */
function endsOf(outcomes: readonly SettleOutcome[]): ReadonlyMap<string, End | undefined> {
  const ends = new Map<string, End | undefined>()
  for (const { id, outcome, retryAt = 0 } of outcomes) {
    const before = ends.get(id)
    if (before === undefined && ends.has(id)) continue
    if (outcome === 'revived' && before?.dead === 0) continue
    const anew = outcome === 'revived' || before?.attempts === 0
    const end = {
      dead: outcome === 'dead' ? 1 : 0,
      retry_at: outcome === 'failed' ? Math.ceil(retryAt) : 0,
      ...(anew ? ({ attempts: 0 } as const) : {}),
      ...(outcome === 'revived' && before === undefined ? ({ onlyDead: true } as const) : {}),
    }
    ends.set(id, outcome === 'settled' ? undefined : end)
  }
  return ends
}
