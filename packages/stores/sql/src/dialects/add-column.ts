import type { NewColumn } from '../dialect.ts'
import type { Database } from '../tables.ts'

/** Adds a column with a constant for the rows that are there, which no database writes into them. */
export async function addColumn(db: Database, { table, name, type }: NewColumn): Promise<void> {
  await db.schema
    .alterTable(table)
    .addColumn(name, type as never, (column) => column.notNull().defaultTo(0))
    .execute()
}
