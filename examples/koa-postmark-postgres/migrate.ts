/** `pnpm migrate`: creates the tables, or brings them up to date; run it at each deployment, before the server starts. */
import { postgresStore } from '@bouncy/sql/postgres'
import { openPool } from './pool.ts'

const pool = openPool(process.env.DATABASE_URL)
const store = postgresStore(pool)
await store.migrate()
await pool.query('create table if not exists subscribers (address text primary key)')
await store.close()
await pool.end()
console.log('the tables are up to date')
