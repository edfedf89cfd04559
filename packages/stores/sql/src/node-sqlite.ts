import { setTimeout } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { isBusy } from './dialects/sqlite-codes.ts'

/** The part of a `DatabaseSync` of `node:sqlite`, or of a `Database` of `better-sqlite3` or `libsql`, that is used. */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement
}

/** A statement of one of them. */
export interface SqliteStatement {
  all(...parameters: never[]): unknown[]
  run(...parameters: never[]): { readonly changes: number | bigint }
  /** Whether it gives rows back; `node:sqlite` does not say. */
  readonly reader?: boolean
}

/** Runs one statement. @returns its rows */
type Run = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>

/** What is done at certain moments. */
export interface SqliteMoments {
  /** Before the first query. */
  onOpen(run: Run): Promise<void>
  /** Before each commit; if it throws, the transaction is rolled back. */
  beforeCommit?(): void
}

/** How long a statement waits for another process that is writing, in milliseconds. */
const WAIT_MS = 5_000
/** Statements that stay prepared. */
const MOST_PREPARED = 200

/**
 * Kysely over `node:sqlite`. A transaction takes the right to write as it begins, so that none fails half-way because
 * another process wrote in between; waiting for that right leaves the event loop free, which SQLite's own
 * `busy_timeout` does not.
 */
export function nodeSqliteDialect(database: SqliteDatabase, turns: Turns, moments: SqliteMoments): Dialect {
  return {
    createAdapter: () => new NodeSqliteAdapter(),
    createDriver: () => createDriver(database, turns, moments),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

class NodeSqliteAdapter extends SqliteAdapter {
  /** Within a transaction the migrations of two processes cannot get into each other's way. */
  override get supportsTransactionalDdl(): boolean {
    return true
  }
  /** There is one, but the driver hands it out itself: with Kysely's lock a thousand waiting readers wake at each turn. */
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

function createDriver(
  database: SqliteDatabase,
  turns: Turns,
  { onOpen, beforeCommit }: SqliteMoments,
): Driver {
  const connection = connect(database)
  const run: Run = async (sql) => {
    const { rows } = await connection.executeQuery<Record<string, unknown>>(CompiledQuery.raw(sql))
    return rows
  }
  return {
    init: () => onOpen(run),
    async acquireConnection() {
      await turns.take()
      return connection
    },
    releaseConnection: async () => turns.pass(),
    beginTransaction: async () => void (await run('begin immediate')),
    async commitTransaction() {
      beforeCommit?.()
      await run('commit')
    },
    async rollbackTransaction() {
      // a full disk ends the transaction by itself; the error that tells of it must not be covered by this one
      await run('rollback').catch((error: unknown) => {
        if (!/no transaction is active/.test(String(error))) throw error
      })
    },
    // who opened the database closes it
    destroy: async () => {},
  }
}

/** What gives rows back, for `node:sqlite`; `columns()` would know better, but Node has it only from 22.16. */
const READS = /^\s*(?:select|with|pragma|explain)\b|\breturning\b/i

function connect(database: SqliteDatabase): DatabaseConnection {
  const prepared = new Map<string, { readonly statement: SqliteStatement; readonly reads: boolean }>()

  function prepare(sql: string): NonNullable<ReturnType<typeof prepared.get>> {
    const there = prepared.get(sql)
    if (there !== undefined) return there
    const statement = database.prepare(sql)
    const one = { statement, reads: statement.reader ?? READS.test(sql) }
    const oldest = prepared.size < MOST_PREPARED ? undefined : prepared.keys().next().value
    if (oldest !== undefined) prepared.delete(oldest)
    prepared.set(sql, one)
    return one
  }

  return {
    executeQuery: <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> =>
      patiently(() => {
        const { statement, reads } = prepare(sql)
        const values = parameters as never[]
        if (reads) return { rows: statement.all(...values) as R[] }
        return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) }
      }),
    streamQuery() {
      throw new Error('[bouncy/sql] nothing here streams')
    },
  }
}

/** Who has the connection: one at a time, in the order in which they came. */
export interface Turns {
  take(): Promise<void>
  pass(): void
  areTaken(): boolean
}

export function createTurns(): Turns {
  const waiting: (() => void)[] = []
  let taken = false
  return {
    async take() {
      if (taken) await new Promise<void>((resolve) => waiting.push(resolve))
      taken = true
    },
    pass() {
      const next = waiting.shift()
      if (next === undefined) taken = false
      else next()
    },
    areTaken: () => taken,
  }
}

async function patiently<T>(work: () => T): Promise<T> {
  const deadline = performance.now() + WAIT_MS
  for (let wait = 1; ; wait = Math.min(wait * 2, 16)) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
    }
    await setTimeout(wait)
  }
}
