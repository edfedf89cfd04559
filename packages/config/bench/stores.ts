import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Store } from '@bouncy/core/store'
import { Redis } from 'ioredis'
import mysql from 'mysql2/promise'
import pg from 'pg'
import type { Built } from './built.ts'
import type { ServerSpec } from './server.ts'

/** A store of its own, and what takes all of it away again. */
export interface OpenStore {
  readonly store: Store
  /** The file, the schema, the database or the prefix. */
  readonly place: string
  drop(): Promise<unknown>
}

const POSTGRES = 'postgres://postgres@127.0.0.1:5432/postgres'
const MARIADB = 'mysql://root@127.0.0.1:3306'

/** Opens a store in a database, a schema or under a prefix that nobody else has. */
export async function openStore(
  name: ServerSpec['store'],
  { folder, load }: Pick<Built, 'folder' | 'load'>,
): Promise<OpenStore> {
  const own = `bouncy_bench_${randomBytes(6).toString('hex')}`
  switch (name) {
    case 'sqlite': {
      const { sqliteStore } = await load<typeof import('@bouncy/sql/sqlite')>('@bouncy/sql/sqlite')
      const place = join(folder, `${own}.db`)
      return { store: sqliteStore(place), place, drop: async () => {} }
    }
    case 'postgres': {
      const { postgresStore } = await load<typeof import('@bouncy/sql/postgres')>('@bouncy/sql/postgres')
      const pool = new pg.Pool({ connectionString: POSTGRES, options: `-c search_path=${own}` })
      await pool.query(`create schema ${own}`)
      return {
        store: postgresStore(pool, { migrate: 'auto' }),
        place: own,
        drop: async () => {
          await pool.query(`drop schema ${own} cascade`)
          await pool.end()
        },
      }
    }
    case 'mariadb': {
      const { mysqlStore } = await load<typeof import('@bouncy/sql/mysql')>('@bouncy/sql/mysql')
      const admin = await mysql.createConnection(MARIADB)
      await admin.query(`create database ${own}`)
      const pool = mysql.createPool(`${MARIADB}/${own}`)
      return {
        store: mysqlStore(pool, { migrate: 'auto' }),
        place: own,
        drop: async () => {
          await pool.end()
          await admin.query(`drop database ${own}`)
          await admin.end()
        },
      }
    }
    case 'redis': {
      const { redisStore } = await load<typeof import('@bouncy/redis')>('@bouncy/redis')
      const client = new Redis('redis://127.0.0.1:6379')
      return {
        store: redisStore(client, { prefix: `${own}:` }),
        place: own,
        drop: async () => {
          for await (const keys of client.scanStream({ match: `${own}:*`, count: 1_000 })) {
            if (keys.length > 0) await client.unlink(...(keys as string[]))
          }
          await client.quit()
        },
      }
    }
    default: {
      const { memoryStore } = await load<typeof import('@bouncy/core')>('@bouncy/core')
      return { store: memoryStore(), place: '', drop: async () => {} }
    }
  }
}
