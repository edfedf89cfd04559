import { Kysely, MysqlDialect, type MysqlPoolConnection } from 'kysely'
import { callOff } from './call-off-mysql.ts'
import { createConnections } from './connections.ts'
import { driverOf } from './driver.ts'
import type { MysqlPool } from './mysql.ts'
import { openOver } from './open.ts'
import type { Opened } from './sql-store.ts'

/** A pool that is closed with the store. */
export interface OwnPool extends MysqlPool {
  promise(): { end(): Promise<void> }
}

/** How long is waited for a connection, in milliseconds: a sender that is told to come again does so. */
const CONNECT_WITHIN_MS = 5_000

/** Reaches a database through a pool. */
export function openMysql(pool: MysqlPool): Opened {
  const connections = createConnections()
  const dialect = new MysqlDialect({
    pool: {
      getConnection(callback) {
        const taken = connections.asked()
        pool.getConnection((error, connection) => {
          if (!error) {
            taken(() => {
              connection.destroy?.()
              callOff(pool, connection)
            })
          }
          callback(error, connection as MysqlPoolConnection)
        })
      },
      // who opened the pool closes it
      end: (callback) => callback(undefined),
    },
  })
  return openOver(new Kysely<unknown>({ dialect }), 'mysql', undefined, connections)
}

/** @throws Error where `mysql2` is not installed */
export async function createPool(url: string): Promise<OwnPool> {
  const driver = await driverOf('mysql2', () => import('mysql2'))
  const uri = url.replace(/^mariadb:/, 'mysql:')
  return driver.createPool({ uri, connectTimeout: CONNECT_WITHIN_MS, charset: 'utf8mb4' })
}
