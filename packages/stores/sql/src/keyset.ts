import { type RawBuilder, sql } from 'kysely'

/**
 * The rows of a listing that come after a position, in ascending or descending order of two columns. The first half
 * says nothing new, but it is what every planner turns into the start of an index range.
 */
export function beyond(
  direction: 'asc' | 'desc',
  [first, second]: readonly [string, string],
  [one = '', other = '']: readonly (string | number)[],
): RawBuilder<boolean> {
  const [is, orIs] = direction === 'asc' ? [sql`>`, sql`>=`] : [sql`<`, sql`<=`]
  return sql<boolean>`${sql.ref(first)} ${orIs} ${one} and (${sql.ref(first)} ${is} ${one} or ${sql.ref(second)} ${is} ${other})`
}
