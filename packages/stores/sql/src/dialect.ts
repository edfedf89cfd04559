import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { AddressRow, Database, EventRow, QuarantinedRow, Tables, Trx } from './tables.ts'

/** The databases that are spoken. */
export type DialectName = 'sqlite'

/** What databases say differently; everything else is one set of queries. */
export interface Dialect {
  /** What happens to a database without our tables, unless the options say otherwise. */
  readonly migrate: 'auto' | 'manual'
  /** Column types. */
  readonly columns: {
    /** Up to `length` characters, compared and sorted by code point: case, accents and trailing spaces count. */
    name(length: number): RawBuilder<unknown>
    readonly text: RawBuilder<unknown>
    readonly time: RawBuilder<unknown>
    readonly number: RawBuilder<unknown>
  }
  /** Creates an index, of only the rows with `where` if the database can, unless it is there. */
  createIndex(db: Database, index: Index): Promise<void>
  /** Inserts the rows whose id is not there yet. @returns the ids of those */
  insertNew<T extends keyof NewRows>(trx: Trx, table: T, rows: readonly NewRows[T][]): Promise<string[]>
  /** Stores the marks of addresses, in place of what was there. */
  putAddresses(trx: Trx, rows: readonly AddressRow[]): Promise<void>
  /** Before addresses are read to be changed: nobody else changes them until this transaction ends. */
  holdAddresses(trx: Trx, addresses: readonly string[]): Promise<void>
  /** The same for the rows of a query, leaving out those that somebody else holds. */
  holdFree<O>(query: SelectQueryBuilder<Tables, 'bouncy_events', O>): typeof query
  /** The same, waiting for those that somebody else holds. */
  hold<O>(query: SelectQueryBuilder<Tables, 'bouncy_events', O>): typeof query
}

interface NewRows {
  readonly bouncy_events: EventRow
  readonly bouncy_quarantined: QuarantinedRow
}

interface Index {
  readonly name: string
  readonly table: keyof Tables
  readonly columns: readonly string[]
  readonly where?: RawBuilder<boolean>
}

/** One writer at a time has the whole database, so that nothing needs to be held. */
const sqlite: Dialect = {
  migrate: 'auto',
  columns: { name: () => sql`text`, text: sql`text`, time: sql`integer`, number: sql`integer` },
  async createIndex(db, { name, table, columns, where }) {
    const index = db.schema
      .createIndex(name)
      .ifNotExists()
      .on(table)
      .columns([...columns])
    await (where === undefined ? index : index.where(where)).execute()
  },
  async insertNew(trx, table, rows) {
    const inserted = await trx
      .insertInto<keyof NewRows>(table)
      .values(rows)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .execute()
    return inserted.map((row) => row.id)
  },
  async putAddresses(trx, rows) {
    await trx
      .insertInto('bouncy_addresses')
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('address').doUpdateSet({ marks: (row) => row.ref('excluded.marks') }),
      )
      .execute()
  },
  async holdAddresses() {},
  holdFree: (query) => query,
  hold: (query) => query,
}

/** Every dialect by its name. */
export const dialects: Readonly<Record<DialectName, Dialect>> = { sqlite }
