import { mysqlStore } from '@bouncy/sql/mysql'
import { Kysely, MysqlDialect } from 'kysely'
import { createConnection, createPool, type Pool, type PoolOptions } from 'mysql2'
import { databaseName, type Server } from './servers.ts'
import { TABLES } from './tables.ts'

const PORT = 3306
const at = (database: string, port = PORT): string => `mysql://root@127.0.0.1:${port}/${database}`

/** With pools that are set otherwise. */
export interface MysqlServer extends Server {
  createPool(options: PoolOptions): Pool
}

/** Makes a database, and a pool on it. */
export async function openMysqlServer(): Promise<MysqlServer> {
  const admin = createConnection({ uri: at('mysql'), connectTimeout: 3_000 }).promise()
  await admin.connect()
  const name = databaseName()
  // an order in which small and capital letters are the same, as most databases have it
  const create = `create database ${name} character set utf8mb4 collate utf8mb4_general_ci`
  await admin.query(create)
  const sessions = new Set<number>()
  const pool = createPool({ uri: at(name), connectionLimit: 12 })
  const own = async (): Promise<readonly number[]> => {
    const [rows] = await admin.query('select id from information_schema.processlist where db = ?', [name])
    return (rows as { id: number }[]).map(({ id }) => id)
  }

  return {
    name: 'MariaDB',
    dialect: 'mysql',
    port: PORT,
    createPool: (options) => createPool({ uri: at(name), ...options }),
    store: () => mysqlStore(pool, { migrate: 'auto' }),
    storeOverOne() {
      const one = createPool({ uri: at(name), connectionLimit: 1 }).promise()
      return { store: mysqlStore(one), end: () => one.end() }
    },
    storeByUrl: (options, port) => mysqlStore(at(name, port), options),
    kysely: (log) =>
      new Kysely({ dialect: new MysqlDialect({ pool }), ...(log === undefined ? {} : { log }) }),
    async explain(sql, parameters) {
      const [rows] = await pool.promise().query(`explain ${sql}`, [...parameters] as never[])
      return (rows as { table: unknown; type: unknown; key: unknown; Extra: unknown }[])
        .map(({ table, type, key, Extra }) => `${table} ${type} ${key} ${Extra}`)
        .join('\n')
    },
    async begin() {
      const client = createConnection({ uri: at(name) }).promise()
      await client.connect()
      sessions.add(client.threadId)
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
      const others = (await own()).filter((id) => !sessions.has(id))
      // who has gone in the meantime need not be sent away
      await Promise.allSettled(others.map((id) => admin.query(`kill ${id}`)))
    },
    connections: async () => (await own()).length,
    async waiting() {
      const [rows] = await admin.query(
        `select count(*) as n from information_schema.processlist p
         left join information_schema.innodb_trx t on t.trx_mysql_thread_id = p.id
         where t.trx_state = 'LOCK WAIT' or p.state = 'Waiting for table metadata lock'`,
      )
      return Number((rows as { n: number }[])[0]?.n)
    },
    async empty() {
      for (const table of TABLES) await admin.query(`delete from ${name}.${table}`)
    },
    async drop() {
      const [rows] = await admin.query(`show tables from ${name}`)
      for (const table of (rows as object[]).flatMap((row) => Object.values(row))) {
        await admin.query(`drop table ${name}.${table}`)
      }
      await admin.query(`create table ${name}.shop_words (word text not null)`)
    },
    async end() {
      await pool.promise().end()
      await admin.query(`drop database ${name}`)
      await admin.end()
    },
  }
}
