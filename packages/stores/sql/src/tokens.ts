import { Conflict } from './access.ts'
import type { Dialect } from './dialect.ts'
import { slices } from './slices.ts'
import type { TokenRow, Trx } from './tables.ts'

/**
 * Spends the tokens of batches, one batch after the other.
 *
 * @returns the places of the batches with a token that was spent on something else; nothing of theirs is kept
 */
export async function refusedTokens(
  trx: Trx,
  dialect: Dialect,
  batches: readonly (readonly TokenRow[])[],
): Promise<ReadonlySet<number>> {
  const there = await find(trx, dialect, [...new Set(batches.flat().map((token) => token.id))])
  const spent = new Map(there)
  const refused = new Set<number>()
  for (const [index, tokens] of batches.entries()) {
    if (tokens.some(({ id, binding }) => (spent.get(id)?.binding ?? binding) !== binding)) {
      refused.add(index)
      continue
    }
    for (const token of tokens) {
      const keepUntil = Math.max(token.keep_until, spent.get(token.id)?.keep_until ?? 0)
      spent.set(token.id, { ...token, keep_until: keepUntil })
    }
  }
  const changed = [...spent.values()].filter(({ id, keep_until }) => keep_until !== there.get(id)?.keep_until)
  await keep(trx, dialect, changed, there)
  return refused
}

async function find(
  trx: Trx,
  dialect: Dialect,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TokenRow>> {
  const found = new Map<string, TokenRow>()
  for (const some of slices(ids, dialect)) {
    const rows = await trx.selectFrom('bouncy_tokens').selectAll().where('id', 'in', some).execute()
    for (const row of rows) found.set(row.id, { ...row, keep_until: Number(row.keep_until) })
  }
  return found
}

async function keep(
  trx: Trx,
  dialect: Dialect,
  changed: readonly TokenRow[],
  there: ReadonlyMap<string, TokenRow>,
): Promise<void> {
  // in one order everywhere, so that no two transactions wait for each other
  const sorted = [...changed].sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const rows of slices(
    sorted.filter(({ id }) => !there.has(id)),
    dialect,
  )) {
    const inserted = await dialect.insertNew(trx, 'bouncy_tokens', rows)
    if (inserted.length < rows.length) throw new Conflict('a token was spent in between')
  }
  for (const { id, keep_until } of sorted.filter((token) => there.has(token.id))) {
    await trx.updateTable('bouncy_tokens').set({ keep_until }).where('id', '=', id).execute()
  }
}
