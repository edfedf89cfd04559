import { type Compilable, CompiledQuery, type Insertable } from 'kysely'
import type { Dialect } from './dialect.ts'
import { slices } from './slices.ts'
import type { Tables, Trx } from './tables.ts'

/** Rows up to which the text of a statement is kept. */
const MOST_KEPT = 64

/** Texts of statements, by what they are for; one of Kysely's adapters stands for a database. */
const texts = new WeakMap<object, Map<string, string>>()

/**
 * Runs a statement that inserts rows of plain values, of which it has a text for each number of rows: putting that
 * together takes Kysely longer than binding the values.
 *
 * @param what tells apart what is done with the same columns
 * @param rows at least one; all with the same columns in the same order
 * @returns what the statement returns
 */
export async function insertRows<Found>(
  trx: Trx,
  what: string,
  rows: readonly object[],
  statement: () => Compilable<Found>,
): Promise<readonly Found[]> {
  const kept = textsOf(trx.getExecutor().adapter)
  const key = `${what} ${rows.length} ${Object.keys(rows[0] ?? {})}`
  const text = kept.get(key) ?? statement().compile().sql
  if (rows.length <= MOST_KEPT) kept.set(key, text)
  const values = rows.flatMap((row) => Object.values(row))
  const found = await trx.executeQuery(CompiledQuery.raw(text, values))
  return found.rows as readonly Found[]
}

/** Inserts rows of which none is there. */
export async function addRows<Table extends 'bouncy_addresses' | 'bouncy_audit' | 'bouncy_suppressions'>(
  trx: Trx,
  dialect: Dialect,
  table: Table,
  rows: readonly Insertable<Tables[Table]>[],
): Promise<void> {
  for (const some of slices(rows, dialect)) {
    await insertRows(trx, table, some, () => trx.insertInto(table).values(some))
  }
}

function textsOf(adapter: object): Map<string, string> {
  const there = texts.get(adapter)
  if (there !== undefined) return there
  const made = new Map<string, string>()
  texts.set(adapter, made)
  return made
}
