import { Kysely, type PostgresPool as KyselyPool, PostgresDialect } from 'kysely'
import { callOff } from './call-off-postgres.ts'
import { createConnections } from './connections.ts'
import { driverOf } from './driver.ts'
import { openOver } from './open.ts'
import type { PostgresClient, PostgresPool } from './postgres.ts'
import { postgresShortWay } from './short-way-postgres.ts'
import type { Opened } from './sql-store.ts'

/** A pool that is closed with the store. */
export interface OwnPool extends PostgresPool {
  end(): Promise<void>
}

/** How long is waited for a connection, in milliseconds: a sender that is told to come again does so. */
const CONNECT_WITHIN_MS = 5_000

/** Connections that have a listener of ours: several stores may stand over one pool, one after the other. */
const heard = new WeakSet<PostgresClient>()

/** Reaches a database through a pool. */
export function openPostgres(pool: PostgresPool): Opened {
  const connections = createConnections()
  async function connect(): Promise<PostgresClient> {
    const taken = connections.asked()
    const client = await pool.connect()
    taken(() => {
      if (callOff(client)) client.release(true)
    })
    if (!heard.has(client)) outlive(client)
    heard.add(client)
    return client
  }

  const dialect = new PostgresDialect({
    pool: {
      connect: connect as unknown as KyselyPool['connect'],
      // who opened the pool closes it
      end: async () => {},
      options: {},
    },
  })
  return openOver(new Kysely<unknown>({ dialect }), 'postgres', postgresShortWay(connect), connections)
}

/** @throws Error where `pg` is not installed */
export async function createPool(connectionString: string): Promise<OwnPool> {
  const { Pool } = await driverOf('pg', () => import('pg'))
  const pool = new Pool({ connectionString, connectionTimeoutMillis: CONNECT_WITHIN_MS, keepAlive: true })
  // an idle connection that breaks is replaced by the pool
  outlive(pool)
  // one that breaks in the moment in which it is made, before it is handed out, ends there as well
  pool.on('connect', outlive)
  return pool
}

/** Where a connection breaks, the next query tells; but without a listener the whole process would end. */
function outlive(source: { on(event: 'error', listener: (error: Error) => void): unknown }): void {
  source.on('error', () => {})
}
