import { sql } from 'kysely'
import type { Dialect } from '../dialect.ts'
import { onConflict } from './on-conflict.ts'
import { postgresSchema } from './postgres-schema.ts'

/** A transaction that others got in the way of, or who inserted the same (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const CONFLICTS: ReadonlySet<unknown> = new Set(['40001', '40P01', '23505'])
/** The server ended the connection, or the network did; errors of the driver itself have no code but these words. */
const LOST: ReadonlySet<unknown> = new Set(['57P01', '57P02', '08003', '08006', 'ECONNRESET', 'EPIPE'])
const LOST_WORDS = /^Connection terminated|not queryable|connection has been discarded/

/** Readers and writers of one row wait for its writer only; what is read is what was committed last. */
export const postgres: Dialect = {
  ...onConflict,
  ...postgresSchema,
  migrate: 'manual',
  async schema(db) {
    const { rows } = await sql<{ readonly name: string | null }>`select current_schema() as name`.execute(db)
    return rows[0]?.name ?? undefined
  },
  columns: {
    // "C" is the order of code points, and serves those who look for a beginning
    name: () => sql`text collate "C"`,
    text: sql`text collate "C"`,
    time: sql`bigint`,
    number: sql`integer`,
    sequence: sql`bigint generated always as identity`,
  },
  keepsStatements: false,
  isolation: 'read committed',
  isConflict: (error) => CONFLICTS.has(codeOf(error)),
  isLost: (error) => LOST.has(codeOf(error)) || (error instanceof Error && LOST_WORDS.test(error.message)),
  locksRows: true,
  hold: (query) => query.forUpdate(),
  holdFree: (query) => query.forUpdate().skipLocked(),
  // what was removed is there until the table is vacuumed: see the README
  beforeErasing: async () => {},
  afterErasing: async () => {},
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined
