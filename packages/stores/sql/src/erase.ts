import { type Erasure, type Folded, foldMarks, type Mark, withoutName, withoutNote } from '@bouncy/core/store'
import type { Access } from './access.ts'
import { addMarks, knownMarks, putMarks } from './addresses.ts'
import type { Dialect } from './dialect.ts'
import { putReduced, reduceEvent } from './event-rows.ts'
import { deleteRows } from './remove.ts'
import { forEachHit, searchFor } from './search.ts'
import { endStep, inSteps, STEP, type Step } from './steps.ts'
import { replaceSuppressions } from './suppressions.ts'
import type { Trx } from './tables.ts'

/**
 * Leaves no plaintext of an address, in short transactions. If it fails half-way, the address is suppressed by its own
 * name or by its tombstone, and erasing it once more does the rest.
 */
export async function eraseAddress(access: Access, dialect: Dialect, erasure: Erasure): Promise<void> {
  const search = searchFor(erasure.spellings)
  await access.read(dialect.beforeErasing)
  await access.transact((trx) => buryMarks(trx, dialect, erasure))
  await inSteps(access, (trx) => buryAudit(trx, erasure))
  await inSteps(access, (trx) => buryEvents(trx, dialect, erasure))
  await forEachHit(access, 'bouncy_events', search, (trx, ids) => redactEvents(trx, dialect, erasure, ids))
  await forEachHit(access, 'bouncy_quarantined', search, (trx, ids) =>
    deleteRows(trx, 'bouncy_quarantined', ids),
  )
  await forEachHit(access, 'bouncy_addresses', search, (trx, keys) => dropNames(trx, dialect, erasure, keys))
  await forEachHit(access, 'bouncy_audit', search, (trx, keys) => dropAuditNames(trx, erasure, keys))
  await access.read(dialect.afterErasing)
}

async function buryMarks(trx: Trx, dialect: Dialect, erasure: Erasure): Promise<void> {
  const { key, tombstone } = erasure
  const known = await knownMarks(trx, dialect, [key, tombstone].sort())
  // held though nothing is known: who has just stored something of it makes this fail, and it is done again
  if (!known.has(key)) await addMarks(trx, dialect, [[key, []]])
  const added = (known.get(key) ?? []).map((mark) => ({ mark: withoutNote(mark, erasure) }))
  const { marks, suppressions } = foldMarks(known.get(tombstone) ?? [], added)
  await deleteRows(trx, 'bouncy_addresses', marks.length === 0 ? [key, tombstone] : [key])
  await replaceSuppressions(
    trx,
    dialect,
    new Map([
      [key, []],
      [tombstone, suppressions],
    ]),
  )
  const bury = known.has(tombstone) ? putMarks : addMarks
  if (marks.length > 0) await bury(trx, dialect, [[tombstone, marks]])
}

async function buryAudit(trx: Trx, erasure: Erasure): Promise<Step> {
  const rows = await trx
    .selectFrom('bouncy_audit')
    .select(['seq', 'data'])
    .where('address', '=', erasure.key)
    .orderBy('seq')
    .limit(STEP)
    .execute()
  for (const { seq, data } of rows) {
    const entry = withoutNote(JSON.parse(data) as Change, erasure)
    await trx
      .updateTable('bouncy_audit')
      .set({ address: erasure.tombstone, data: JSON.stringify(entry) })
      .where('seq', '=', seq)
      .execute()
  }
  return endStep(rows, rows.length, ({ seq }) => [seq, seq])
}

async function buryEvents(trx: Trx, dialect: Dialect, { key, tombstone, anonymise }: Erasure): Promise<Step> {
  const own = trx
    .selectFrom('bouncy_events')
    .selectAll()
    .where('address', '=', key)
    .orderBy('occurred_at')
    .orderBy('id')
    .limit(STEP)
  const rows = await dialect.hold(own).execute()
  await putReduced(
    trx,
    dialect,
    rows.map((row) => ({ ...reduceEvent(row, anonymise), address: tombstone })),
  )
  return endStep(rows, rows.length, (row) => [row.occurred_at, row.id])
}

async function redactEvents(
  trx: Trx,
  dialect: Dialect,
  { key, redact }: Erasure,
  ids: readonly string[],
): Promise<void> {
  const others = trx.selectFrom('bouncy_events').selectAll().where('id', 'in', ids).orderBy('id')
  const rows = await dialect.hold(others).execute()
  await putReduced(
    trx,
    dialect,
    // what came for the address since it was erased is its own again
    rows.filter((row) => row.address !== key).map((row) => reduceEvent(row, redact)),
  )
}

async function dropNames(
  trx: Trx,
  dialect: Dialect,
  erasure: Erasure,
  addresses: readonly string[],
): Promise<void> {
  const others = trx
    .selectFrom('bouncy_addresses')
    .selectAll()
    .where('address', 'in', addresses)
    .orderBy('address')
  const rows = await dialect.hold(others).execute()
  const changed = rows.map(({ address, marks }) => {
    const known = JSON.parse(marks) as readonly Mark[]
    return [address, known.map((mark) => withoutName(mark, erasure))] as const
  })
  await putMarks(trx, dialect, changed)
  const suppressions = changed.map(
    ([address, marks]) => [address, foldMarks(marks, []).suppressions] as const,
  )
  await replaceSuppressions(trx, dialect, new Map(suppressions))
}

async function dropAuditNames(trx: Trx, erasure: Erasure, keys: readonly string[]): Promise<void> {
  const seqs = keys.map(Number)
  const rows = await trx.selectFrom('bouncy_audit').select(['seq', 'data']).where('seq', 'in', seqs).execute()
  for (const { seq, data } of rows) {
    const entry = withoutName(JSON.parse(data) as Change, erasure)
    await trx
      .updateTable('bouncy_audit')
      .set({ data: JSON.stringify(entry) })
      .where('seq', '=', seq)
      .execute()
  }
}

type Change = Folded['changes'][number]
