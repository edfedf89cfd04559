import { DatabaseSync } from 'node:sqlite'
import type { Store } from '@bouncy/core/store'

/** The stores that are put to the test. */
export const STORES = ['sqlite', 'postgres', 'mariadb', 'redis'] as const

/** One of them. */
export type StoreName = (typeof STORES)[number]

/** Where a store keeps things; plain JSON. */
export interface StoreAt {
  readonly store: StoreName
  /** A path or a URL. */
  readonly at: string
  /** Of its keys, in Redis. */
  readonly prefix?: string
}

/** A store, and what closes it and whatever was opened for it. */
export interface OpenStore {
  readonly store: Store
  close(): Promise<void>
}

/**
 * Opens a store as its README says.
 *
 * @param synchronous sabotage: what SQLite is told behind the store's back. @default what the store says
 */
export async function openStore({ store, at, prefix }: StoreAt, synchronous?: string): Promise<OpenStore> {
  switch (store) {
    case 'sqlite': {
      const { sqliteStore } = await import('@bouncy/sql/sqlite')
      return synchronous === undefined ? closing(sqliteStore(at)) : openCareless(at, synchronous)
    }
    case 'postgres': {
      const { postgresStore } = await import('@bouncy/sql/postgres')
      return closing(postgresStore(at, { migrate: 'auto' }))
    }
    case 'mariadb': {
      const { mysqlStore } = await import('@bouncy/sql/mysql')
      return closing(mysqlStore(at, { migrate: 'auto' }))
    }
    case 'redis': {
      const [{ redisStore }, { createClient }] = await Promise.all([import('@bouncy/redis'), import('redis')])
      const client = createClient({ url: at })
      client.on('error', () => {})
      await client.connect()
      const opened = redisStore(client, prefix === undefined ? {} : { prefix })
      return {
        store: opened,
        async close() {
          await opened.close()
          client.destroy()
        },
      }
    }
  }
}

const closing = (store: Store): OpenStore => ({ store, close: () => store.close() })

async function openCareless(path: string, synchronous: string): Promise<OpenStore> {
  const { sqliteStore } = await import('@bouncy/sql/sqlite')
  const handle = new DatabaseSync(path)
  handle.exec('pragma journal_mode = wal')
  const store = sqliteStore(handle)
  // its first query is when the store sees to it that commits are synced
  await store.migrate()
  handle.exec(`pragma synchronous = ${synchronous}`)
  return {
    store,
    async close() {
      await store.close()
      handle.close()
    },
  }
}
