import type { DeleteQueryBuilder, DeleteResult, RawBuilder, SelectQueryBuilder } from 'kysely'
import { mysql } from './dialects/mysql.ts'
import { postgres } from './dialects/postgres.ts'
import { sqlite } from './dialects/sqlite.ts'
import type {
  AddressRow,
  DailyRow,
  Database,
  EventRow,
  QuarantinedRow,
  Tables,
  TokenRow,
  Trx,
  WaitingRow,
} from './tables.ts'

/** The databases that are spoken; `mysql` is MariaDB as well. */
export type DialectName = 'sqlite' | 'postgres' | 'mysql'

/** What databases say differently; everything else is one set of queries. */
export interface Dialect {
  /** What happens to a database without our tables, unless the options say otherwise. */
  readonly migrate: 'auto' | 'manual'
  /** @throws Error the connection is set so that texts would not arrive as they are */
  checkConnection?(db: Database): Promise<void>
  /** The schema in which our tables are, where the database has several. */
  schema(db: Database): Promise<string | undefined>
  /** Column types. */
  readonly columns: {
    /** Up to `length` characters, compared and sorted by code point: case, accents and trailing spaces count. */
    name(length: number): RawBuilder<unknown>
    readonly text: RawBuilder<unknown>
    readonly time: RawBuilder<unknown>
    readonly number: RawBuilder<unknown>
    /** Counts up by itself. */
    readonly sequence: RawBuilder<unknown>
  }
  /** Whether a migration is one transaction; if not, each part of it can be done again. */
  readonly migratesAtOnce: boolean
  /** Migrates on one connection, set so that a change that has to wait does not hold writers up behind it. */
  migrating<T>(db: Database, work: (db: Database) => Promise<T>): Promise<T>
  /** Creates an index, of only some rows if the database can. */
  createIndex(db: Database, index: Index): Promise<void>
  /** Adds a column that is 0 in the rows that are there. */
  addColumn(db: Database, column: NewColumn): Promise<void>
  /** Drops an index, if it is there. */
  dropIndex(db: Database, index: Pick<Index, 'name' | 'table'>): Promise<void>
  /** Makes a change of a table, for which a server takes no time but the wait for its turn. */
  alter(db: Database, change: (db: Database) => Promise<unknown>): Promise<void>

  /** Whether statements stay prepared, so that many of few kinds are better than few of many kinds. */
  readonly keepsStatements: boolean
  /** How our transactions are isolated, where the database has several ways. */
  readonly isolation: 'read committed' | undefined
  /** Whether a transaction was rolled back because of what others did, and may succeed if it is done again. */
  isConflict(error: unknown): boolean
  /** Whether a connection broke that was fine before. */
  isLost(error: unknown): boolean

  /** Inserts the rows whose id is not there yet. @returns the ids of those */
  insertNew<T extends keyof NewRows>(trx: Trx, table: T, rows: readonly NewRows[T][]): Promise<string[]>
  /** Stores rows in place of those that are there under the same key; `columns` are those that may differ. */
  put<T extends keyof PutRows>(
    trx: Trx,
    table: T,
    rows: readonly PutRows[T][],
    columns: readonly (keyof PutRows[T] & string)[],
  ): Promise<void>
  /** Adds to the counts of the rows, or inserts them where they are not there. */
  addDaily(trx: Trx, rows: readonly DailyRow[]): Promise<void>
  /** Holds the rows of a query until this transaction ends, waiting for those that somebody else holds. */
  hold<T extends keyof Tables, O>(query: SelectQueryBuilder<Tables, T, O>): typeof query
  /** The same, leaving out those that somebody else holds. */
  holdFree<T extends keyof Tables, O>(query: SelectQueryBuilder<Tables, T, O>): typeof query

  /** Whether a row can be held while others are free, so that rows are to be held in one order. */
  readonly locksRows: boolean
  /** Has rows deleted by their ids, so many at the most, without waiting for others that somebody else holds. */
  alongIds(query: WaitingDelete, most: number): WaitingDelete

  /** Sees to it that what is removed from now on is gone from the database's files, as far as that can be. */
  beforeErasing(db: Database): Promise<void>
  /** Does what is left to do for that. */
  afterErasing(db: Database): Promise<void>
}

/** What is said differently where tables are made and changed. */
export type SchemaWords = Pick<
  Dialect,
  'migratesAtOnce' | 'migrating' | 'createIndex' | 'addColumn' | 'dropIndex' | 'alter'
>

/** Deletes what waits. */
export type WaitingDelete = DeleteQueryBuilder<Tables, 'bouncy_waiting', DeleteResult>

/** Rows that are inserted unless they are there. */
export interface NewRows {
  readonly bouncy_events: EventRow
  readonly bouncy_quarantined: QuarantinedRow
  readonly bouncy_tokens: TokenRow
}

/** Rows that are written over. */
export interface PutRows {
  readonly bouncy_events: EventRow
  readonly bouncy_waiting: WaitingRow
  readonly bouncy_addresses: AddressRow
}

export interface NewColumn {
  readonly table: keyof Tables
  readonly name: string
  readonly type: RawBuilder<unknown>
}

export interface Index {
  readonly name: string
  readonly table: keyof Tables
  readonly columns: readonly string[]
  /** Only rows that have something in this column. */
  readonly known?: string
  /** Only rows with this number in this column; where that cannot be, the column comes first. */
  readonly only?: { readonly column: string; readonly is: number }
}

/** Every dialect by its name. */
export const dialects: Readonly<Record<DialectName, Dialect>> = { sqlite, postgres, mysql }
