import { type Mark, type PruneLimits, type PruneReport, spentAt } from '@bouncy/core/store'
import type { Access } from './access.ts'
import { putMarks, toAddressRow } from './addresses.ts'
import { mergeParts } from './daily.ts'
import type { Dialect } from './dialect.ts'
import { putReduced, reduceEvent } from './event-rows.ts'
import { beyond } from './keyset.ts'
import { deleteOld, deleteRows } from './remove.ts'
import { endStep, inSteps, type Position, STEP, type Step } from './steps.ts'
import { dropSuppressions } from './suppressions.ts'
import type { Trx } from './tables.ts'
import { isSettled } from './waiting.ts'

/** Removes what is past keeping, in short transactions. */
export async function pruneAll(access: Access, dialect: Dialect, limits: PruneLimits): Promise<PruneReport> {
  const all = (step: (trx: Trx, after: Position | undefined) => Promise<Step>): Promise<number> =>
    inSteps(access, step)
  const events = whole(limits.eventsBefore)
  await mergeParts(access, dialect, limits.now)
  const quarantined = new Date(whole(limits.quarantinedBefore)).toISOString()
  return {
    // in the order of their index: those that were redacted, then those that were not
    events:
      (await all((trx, after) => deleteEvents(trx, 1, events, after))) +
      (await all((trx, after) => deleteEvents(trx, 0, events, after))),
    redacted: await all((trx, after) => redactEvents(trx, dialect, limits, after)),
    quarantined: await all((trx, after) => deleteOld(trx, dialect, 'bouncy_quarantined', quarantined, after)),
    addresses: await all((trx, after) => forgetAddresses(trx, dialect, limits, after)),
    audit: await all((trx, after) =>
      deleteOld(trx, dialect, 'bouncy_audit', whole(limits.auditBefore), after),
    ),
    tokens: await all((trx, after) => deleteOld(trx, dialect, 'bouncy_tokens', whole(limits.now), after)),
  }
}

/** A time for a column of whole numbers; what is kept for ever is older than all there is. */
const whole = (time: number): number => Math.max(0, Math.ceil(time))

async function deleteEvents(
  trx: Trx,
  redacted: 0 | 1,
  before: number,
  after: Position | undefined,
): Promise<Step> {
  const rows = await trx
    .selectFrom('bouncy_events')
    .select(['id', 'received_at'])
    .where('redacted', '=', redacted)
    .where('received_at', '<', before)
    .where(isSettled)
    .$if(after !== undefined, (some) => some.where(beyond('asc', ['received_at', 'id'], after ?? [])))
    .orderBy('received_at')
    .orderBy('id')
    .limit(STEP)
    .execute()
  if (rows.length === 0) return endStep(rows, 0, (row) => [row.received_at, row.id])
  const ids = rows.map((row) => row.id)
  const { numDeletedRows } = await trx
    .deleteFrom('bouncy_events')
    .where('id', 'in', ids)
    // not what somebody else has deleted, and what has come again since
    .where('received_at', '<', before)
    .executeTakeFirst()
  return endStep(rows, Number(numDeletedRows), (row) => [row.received_at, row.id])
}

async function redactEvents(
  trx: Trx,
  dialect: Dialect,
  { rawBefore, redact }: PruneLimits,
  after: Position | undefined,
): Promise<Step> {
  const old = trx
    .selectFrom('bouncy_events')
    .selectAll()
    .where('redacted', '=', 0)
    .where('received_at', '<', whole(rawBefore))
    .$if(after !== undefined, (some) => some.where(beyond('asc', ['received_at', 'id'], after ?? [])))
    .orderBy('received_at')
    .orderBy('id')
    .limit(STEP)
  const rows = await dialect.holdFree(old).execute()
  await putReduced(
    trx,
    dialect,
    rows.map((row) => ({ ...reduceEvent(row, redact), redacted: 1 })),
  )
  return endStep(rows, rows.length, (row) => [row.received_at, row.id])
}

async function forgetAddresses(
  trx: Trx,
  dialect: Dialect,
  { addressesBefore }: PruneLimits,
  after: Position | undefined,
): Promise<Step> {
  const old = trx
    .selectFrom('bouncy_addresses')
    .selectAll()
    .where('spent_at', '<', whole(addressesBefore))
    .$if(after !== undefined, (some) => some.where(beyond('asc', ['spent_at', 'address'], after ?? [])))
    .orderBy('spent_at')
    .orderBy('address')
    .limit(STEP)
  const rows = await dialect.holdFree(old).execute()
  const known = rows.map((row) => ({ ...row, marks: JSON.parse(row.marks) as readonly Mark[] }))
  const spent = known.filter(({ marks }) => spentAt(marks) < addressesBefore).map((row) => row.address)
  await dropSuppressions(trx, dialect, spent)
  await deleteRows(trx, 'bouncy_addresses', spent)
  // of rows that an earlier version wrote it is not known when they end
  const unknown = known.filter(
    ({ address, marks, spent_at }) =>
      !spent.includes(address) && toAddressRow(address, marks).spent_at !== Number(spent_at),
  )
  await putMarks(
    trx,
    dialect,
    unknown.map(({ address, marks }) => [address, marks]),
  )
  return endStep(rows, spent.length, (row) => [row.spent_at, row.address])
}
