import { type RawBuilder, sql } from 'kysely'
import type { Index } from '../dialect.ts'

/** The statement that makes an index which may leave rows out. @param how words between `create index` and its name */
export function indexStatement(
  { name, table, columns, known, only }: Index,
  how: RawBuilder<unknown> = sql``,
): RawBuilder<unknown> {
  const on = sql.join(columns.map((column) => sql.ref(column)))
  const some =
    only !== undefined
      ? sql` where ${sql.ref(only.column)} = ${sql.lit(only.is)}`
      : known !== undefined
        ? sql` where ${sql.ref(known)} is not null`
        : sql``
  return sql`create index ${how} if not exists ${sql.id(name)} on ${sql.table(table)} (${on})${some}`
}
