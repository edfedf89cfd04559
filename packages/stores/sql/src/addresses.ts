import { type Added, type Folded, foldMarks, type Mark, spentAt } from '@bouncy/core/store'
import { type Change, keepChanges } from './audit.ts'
import type { Dialect } from './dialect.ts'
import { addRows } from './insert.ts'
import { slices } from './slices.ts'
import { addSuppressions, dropSuppressions } from './suppressions.ts'
import type { AddressRow, Trx } from './tables.ts'

/** Marks of one address that came together. */
export interface Run {
  /** The place of its batch among the others. */
  readonly order: number
  readonly now: number
  readonly added: readonly Added[]
}

/** Adds marks to what is known of addresses, and writes anew what follows from it; what does not change is not written. */
export async function foldInto(
  trx: Trx,
  dialect: Dialect,
  byAddress: ReadonlyMap<string, readonly Run[]>,
): Promise<void> {
  const changes: Ordered[] = []
  // in one order everywhere, so that no two transactions wait for each other
  for (const addresses of slices([...byAddress.keys()].sort(), dialect)) {
    const known = await knownMarks(trx, dialect, addresses)
    const folds = addresses.map((address) =>
      fold(address, known.get(address) ?? [], byAddress.get(address) ?? []),
    )
    const marks = folds
      .filter(({ before, after }) => differ(before.marks, after.marks))
      .map(({ address, after }) => [address, after.marks] as const)
    await addMarks(
      trx,
      dialect,
      marks.filter(([address]) => !known.has(address)),
    )
    await putMarks(
      trx,
      dialect,
      marks.filter(([address]) => known.has(address)),
    )
    const list = folds.filter(({ before, after }) => differ(before.suppressions, after.suppressions))
    // of whom nothing was known, there is nothing to take away
    const there = list.map(({ address }) => address).filter((address) => known.has(address))
    await dropSuppressions(trx, dialect, there)
    await addSuppressions(
      trx,
      dialect,
      new Map(list.map(({ address, after }) => [address, after.suppressions])),
    )
    changes.push(...folds.flatMap((one) => one.changes))
  }
  await keepChanges(
    trx,
    dialect,
    changes.sort((a, b) => a.order - b.order),
  )
}

/** The marks of addresses, which nobody else changes until the transaction ends; of others there are none yet. */
export async function knownMarks(
  trx: Trx,
  dialect: Dialect,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, readonly Mark[]>> {
  const query = trx
    .selectFrom('bouncy_addresses')
    .selectAll()
    .where('address', 'in', addresses)
    .orderBy('address')
  const rows = await dialect.hold(query).execute()
  return new Map(rows.map((row) => [row.address, JSON.parse(row.marks) as readonly Mark[]]))
}

/**
 * Stores marks of addresses of which nothing was known. Where somebody else has stored some in between the database
 * refuses them, and the transaction is done again.
 */
export async function addMarks(trx: Trx, dialect: Dialect, marks: readonly Marked[]): Promise<void> {
  const rows = marks.map(([address, known]) => toAddressRow(address, known))
  await addRows(trx, dialect, 'bouncy_addresses', rows)
}

type Marked = readonly [address: string, marks: readonly Mark[]]

/** Stores marks in place of those that were there. */
export async function putMarks(trx: Trx, dialect: Dialect, marks: readonly Marked[]): Promise<void> {
  const rows = marks.map(([address, known]) => toAddressRow(address, known))
  for (const some of slices(rows, dialect)) {
    await dialect.put(trx, 'bouncy_addresses', some, ['marks', 'spent_at'])
  }
}

const DAY = 86_400_000

/** What is known of an address as it is stored. */
export function toAddressRow(address: string, marks: readonly Mark[]): AddressRow {
  // the day will do, and spares the index a change with each delivery
  const day = Math.floor(Math.min(spentAt(marks), Number.MAX_SAFE_INTEGER) / DAY) * DAY
  return { address, marks: JSON.stringify(marks), spent_at: day }
}

/** A change, and the batch that made it. */
interface Ordered extends Change {
  readonly order: number
}

interface Fold {
  readonly address: string
  readonly before: Folded
  readonly after: Folded
  readonly changes: readonly Ordered[]
}

/** Adds runs to what is known, one after the other. */
function fold(address: string, known: readonly Mark[], runs: readonly Run[]): Fold {
  const before = foldMarks(known, [])
  let after = before
  const changes = runs.flatMap(({ order, now, added }) => {
    after = foldMarks(after.marks, added)
    return after.changes.map((entry) => ({ address, order, at: now, entry }))
  })
  return { address, before, after, changes }
}

const differ = (some: readonly unknown[], others: readonly unknown[]): boolean =>
  some.length !== others.length || (some.length > 0 && JSON.stringify(some) !== JSON.stringify(others))
