import type { Dialect } from './dialect.ts'
import { beyond } from './keyset.ts'
import { endStep, type Position, STEP, type Step } from './steps.ts'
import type { Trx } from './tables.ts'

/** What tells the rows of a table apart. */
export const KEYS = {
  bouncy_events: 'id',
  bouncy_addresses: 'address',
  bouncy_quarantined: 'id',
  bouncy_audit: 'seq',
  bouncy_tokens: 'id',
  bouncy_daily: 'id',
} as const

/** By which time rows are past keeping that are just deleted then. */
const TIMES = {
  bouncy_quarantined: 'received_at',
  bouncy_audit: 'changed_at',
  bouncy_tokens: 'keep_until',
} as const

/** Deletes a step's rows. @returns how many were there */
export async function deleteRows(
  trx: Trx,
  table: keyof typeof KEYS,
  keys: readonly (string | number)[],
): Promise<number> {
  if (keys.length === 0) return 0
  const { numDeletedRows } = await trx
    // one table stands for all, which differ in names alone
    .deleteFrom(table as 'bouncy_audit')
    .where(KEYS[table] as 'seq', 'in', keys as readonly number[])
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** Deletes rows whose time is before another, but for those that somebody is writing. */
export async function deleteOld(
  trx: Trx,
  dialect: Dialect,
  table: keyof typeof TIMES,
  before: string | number,
  after: Position | undefined,
): Promise<Step> {
  const [time, key] = [TIMES[table] as 'changed_at', KEYS[table] as 'seq']
  const old = trx
    .selectFrom(table as 'bouncy_audit')
    .select([time, key])
    .where(time, '<', before as number)
    .$if(after !== undefined, (some) => some.where(beyond('asc', [time, key], after ?? [])))
    .orderBy(time)
    .orderBy(key)
    .limit(STEP)
  // held, since the time of a token may be put off
  const rows = await dialect.holdFree(old).execute()
  const deleted = await deleteRows(
    trx,
    table,
    rows.map((row) => row[key]),
  )
  return endStep(rows, deleted, (row) => [row[time], row[key]])
}
