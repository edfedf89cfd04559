import type { Kysely } from 'kysely'
import type { Connections } from './connections.ts'
import { type DialectName, dialects } from './dialect.ts'
import { isMigrated, migrate } from './migrations.ts'
import type { ShortWay } from './short-way.ts'
import type { Opened } from './sql-store.ts'
import { createStore } from './store.ts'
import type { Database } from './tables.ts'

/**
 * What can be done over a Kysely instance. The plugins of its owner apply only to transactions that the owner's handlers
 * write through, since they could rename our columns.
 */
export function openOver<DB>(
  db: Kysely<DB>,
  name: DialectName,
  shortWay?: ShortWay,
  connections?: Connections,
): Opened {
  const ours = db.withoutPlugins() as unknown as Database
  const dialect = dialects[name]
  return {
    store: createStore(db as unknown as Kysely<unknown>, dialect, shortWay, connections),
    migrates: dialect.migrate,
    async isMigrated() {
      await dialect.checkConnection?.(ours)
      return isMigrated(ours, dialect)
    },
    async migrate() {
      await dialect.checkConnection?.(ours)
      await migrate(ours, dialect)
    },
  }
}
