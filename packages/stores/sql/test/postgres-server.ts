import { postgresStore } from '@bouncy/sql/postgres'
import { Kysely, PostgresDialect } from 'kysely'
import { Client, Pool } from 'pg'
import { databaseName, type Server } from './servers.ts'
import { TABLES } from './tables.ts'

const PORT = 5432
const at = (database: string, port = PORT): string => `postgres://postgres@127.0.0.1:${port}/${database}`

/** With the pool that all of them share. */
export interface PostgresServer extends Server {
  readonly pool: Pool
}

/** Makes a database, and a pool on it. */
export async function openPostgresServer(): Promise<PostgresServer> {
  const admin = new Pool({ connectionString: at('postgres'), max: 2, connectionTimeoutMillis: 3_000 })
  const name = databaseName()
  // an order in which small and capital letters are mixed, as many databases have it
  await admin.query(
    `create database ${name} template template0 locale 'C.UTF-8' locale_provider icu icu_locale 'en-US'`,
  )
  // what is shown does not depend on the disk, which is slow, nor on how long a deadlock takes to be noticed
  await admin.query(`alter database ${name} set synchronous_commit = off`)
  await admin.query(`alter database ${name} set deadlock_timeout = '500ms'`)
  const createPool = (max: number): Pool => {
    const pool = new Pool({ connectionString: at(name), max })
    pool.on('connect', (client) => void client.on('error', () => {}))
    return pool.on('error', () => {})
  }
  const pool = createPool(12)
  const owner = new Client({ connectionString: at(name), application_name: 'session' })
  await owner.connect()

  return {
    name: 'PostgreSQL',
    dialect: 'postgres',
    port: PORT,
    pool,
    store: () => postgresStore(pool, { migrate: 'auto' }),
    storeOverOne() {
      const one = createPool(1)
      return { store: postgresStore(one), end: () => one.end() }
    },
    storeByUrl: (options, port, query = '') => postgresStore(at(name, port) + query, options),
    kysely: (log) =>
      new Kysely({ dialect: new PostgresDialect({ pool }), ...(log === undefined ? {} : { log }) }),
    async explain(sql, parameters) {
      const client = await pool.connect()
      try {
        await client.query('begin; set local enable_seqscan = off')
        const { rows } = await client.query(`explain ${sql}`, [...parameters])
        await client.query('rollback')
        return rows.map((row) => String(row['QUERY PLAN'])).join('\n')
      } finally {
        client.release()
      }
    },
    async begin() {
      const client = new Client({ connectionString: at(name), application_name: 'session' })
      await client.connect()
      await client.query('begin')
      return {
        query: (sql) => client.query(sql),
        async commit() {
          await client.query('commit')
          await client.end()
        },
      }
    },
    async killConnections() {
      await admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name <> 'session'",
        [name],
      )
    },
    async connections() {
      const { rows } = await admin.query('select count(*) as n from pg_stat_activity where datname = $1', [
        name,
      ])
      return Number(rows[0]?.n)
    },
    async waiting() {
      const { rows } = await owner.query(
        "select count(*) as n from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'",
        [name],
      )
      return Number(rows[0]?.n)
    },
    async empty() {
      await owner.query(TABLES.map((table) => `delete from ${table}`).join('; '))
    },
    async drop() {
      await owner.query('drop schema public cascade; create schema public')
      await owner.query('create table shop_words (word text not null)')
    },
    async end() {
      await pool.end()
      await owner.end()
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}
