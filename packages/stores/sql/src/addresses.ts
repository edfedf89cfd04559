import { foldMarks, type Mark } from '@bouncy/core/store'
import type { Dialect } from './dialect.ts'
import { slices } from './slices.ts'
import { replaceSuppressions } from './suppressions.ts'
import type { Trx } from './tables.ts'

/** Adds marks to what is known of addresses, and writes anew what follows from it; what does not change is not written. */
export async function foldInto(
  trx: Trx,
  dialect: Dialect,
  added: ReadonlyMap<string, readonly Mark[]>,
): Promise<void> {
  // in one order everywhere, so that no two transactions wait for each other
  const addresses = [...added.keys()].sort()
  for (const some of slices(addresses)) {
    await dialect.holdAddresses(trx, some)
    const rows = await trx.selectFrom('bouncy_addresses').selectAll().where('address', 'in', some).execute()
    const known = new Map(rows.map((row) => [row.address, row.marks]))
    const changed = some.flatMap((address) => {
      const before = known.get(address) ?? '[]'
      const marks = JSON.parse(before) as readonly Mark[]
      const folded = foldMarks(marks, added.get(address) ?? [])
      const after = JSON.stringify(folded.marks)
      if (after === before) return []
      const same = JSON.stringify(folded.suppressions) === JSON.stringify(foldMarks(marks, []).suppressions)
      return [{ address, marks: after, suppressions: same ? undefined : folded.suppressions }]
    })
    for (const part of slices(changed)) {
      await dialect.putAddresses(
        trx,
        part.map(({ address, marks }) => ({ address, marks })),
      )
    }
    await replaceSuppressions(
      trx,
      new Map(
        changed.flatMap(({ address, suppressions }) =>
          suppressions === undefined ? [] : [[address, suppressions]],
        ),
      ),
    )
  }
}
