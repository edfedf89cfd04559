import { DatabaseSync } from 'node:sqlite'
import { type Generated, Kysely, SqliteDialect } from 'kysely'

/** The tables of the shop; those of Bouncy stand beside them in the same file. */
export interface Tables {
  readonly users: {
    readonly id: Generated<number>
    readonly address: string
    /** The form in which addresses are compared: `addressKey(address)`. */
    readonly address_key: string
  }
  readonly notices: {
    readonly user_id: number
    readonly address: string
    /** Whether a page has shown it: 0 or 1. One that was shown stays, so that the same is not said again. */
    readonly seen: Generated<number>
    readonly reason: string
    /** What the other server said, if anything: written by strangers. */
    readonly diagnostic: string | null
  }
}

const SCHEMA = `
pragma journal_mode = wal;
pragma synchronous = full;
create table if not exists users (
  id integer primary key, address text not null, address_key text not null
);
create index if not exists users_by_address on users (address_key);
create table if not exists notices (
  user_id integer not null references users, address text not null, seen integer not null default 0,
  reason text not null, diagnostic text, primary key (user_id, address)
);
`

/**
 * One Kysely for the shop and for Bouncy. It has one connection and hands it out in turn, so that what the shop writes
 * never ends up in the middle of a transaction of Bouncy's, nor waits for itself.
 */
export function openDatabase(path: string): Kysely<Tables> {
  const database = new DatabaseSync(path)
  database.exec(SCHEMA)
  return new Kysely({
    dialect: new SqliteDialect({
      database: {
        close: () => database.close(),
        prepare(sql) {
          const statement = database.prepare(sql)
          return {
            reader: statement.columns().length > 0,
            all: (values) => statement.all(...(values as never[])),
            run: (values) => statement.run(...(values as never[])),
            iterate: (values) => statement.iterate(...(values as never[])),
          }
        },
      },
    }),
  })
}
