import { randomBytes } from 'node:crypto'
import { postgresStore } from '@bouncy/sql/postgres'
import { Redis } from 'ioredis'
import pg from 'pg'

const POSTGRES = 'postgres://postgres@127.0.0.1:5432'

/** One PostgreSQL and one Redis for all processes of a fleet. */
export interface Setting {
  /** Connection string of a database of our own. */
  readonly database: string
  readonly redis: { readonly host: string; readonly port: number }
  /** What all our keys begin with. */
  readonly prefix: string
}

/** A setting as the parent has it. */
export interface OpenSetting extends Setting {
  readonly pool: pg.Pool
  /** Drops the database and the keys. */
  remove(): Promise<void>
}

/** Makes a database with Bouncy's tables, and a ledger in which an effect that happens twice is seen. */
export async function openSetting(): Promise<OpenSetting> {
  const name = `bouncy_fleet_${randomBytes(6).toString('hex')}`
  const admin = new pg.Client({ connectionString: `${POSTGRES}/postgres` })
  await admin.connect()
  await admin.query(`create database ${name}`)
  const database = `${POSTGRES}/${name}`
  const pool = new pg.Pool({ connectionString: database, max: 3 })
  pool.on('error', () => {})
  await postgresStore(pool).migrate()
  await pool.query(
    'create table ledger (event_id text not null, recipient text not null, attempt integer not null)',
  )
  const redis = { host: '127.0.0.1', port: 6379 }
  return {
    database,
    redis,
    prefix: name,
    pool,
    async remove() {
      await pool.end()
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
      const client = new Redis(redis)
      for await (const keys of client.scanStream({ match: `${name}:*`, count: 1_000 })) {
        if (keys.length > 0) await client.unlink(keys)
      }
      await client.quit()
    },
  }
}
