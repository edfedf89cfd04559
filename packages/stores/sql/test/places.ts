import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { Kysely, type LogEvent, SqliteDialect } from 'kysely'
import { afterAll } from 'vitest'

/** Paths in a directory that goes when the tests of the file are done. */
export function freshPaths(): () => string {
  const directory = mkdtempSync(join(tmpdir(), 'bouncy-sql-'))
  let count = 0
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  return () => join(directory, `${++count}.db`)
}

/** A Kysely as an application may have one, over Kysely's own SQLite dialect. */
export function kyselyOver(
  database: DatabaseSync,
  log: (event: LogEvent) => void = () => {},
): Kysely<{ readonly shop_orders: { readonly id: number } }> {
  return new Kysely({
    log,
    dialect: new SqliteDialect({
      database: {
        close: () => database.close(),
        prepare(sql) {
          const statement = database.prepare(sql)
          return {
            reader: statement.columns().length > 0,
            all: (parameters) => statement.all(...(parameters as never[])),
            run: (parameters) => statement.run(...(parameters as never[])),
            iterate: (parameters) => statement.iterate(...(parameters as never[])),
          }
        },
      },
    }),
  })
}
