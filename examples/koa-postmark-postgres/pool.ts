import { Pool } from 'pg'

/** The connections that the application and Bouncy share. */
export function openPool(connectionString: string | undefined): Pool {
  if (!connectionString) throw new TypeError('DATABASE_URL: give a URL, postgres://user@host/database')
  const pool = new Pool({ connectionString, connectionTimeoutMillis: 5_000 })
  // an idle connection that breaks is replaced; without a listener it would end the process
  return pool.on('error', (error) => console.error('a connection broke:', error.message))
}
