import type { Kysely } from 'kysely'
import { type DialectName, dialects } from './dialect.ts'
import { isMigrated, migrate } from './migrations.ts'
import type { Opened } from './sql-store.ts'
import { createStore } from './store.ts'
import type { Tables } from './tables.ts'

/** What can be done over a Kysely instance; plugins of its owner are left out, since they could rename our columns. */
export function openOver<DB>(db: Kysely<DB>, name: DialectName): Opened {
  const ours = db.withoutPlugins() as unknown as Kysely<Tables>
  const dialect = dialects[name]
  return {
    store: createStore(ours, dialect),
    migrates: dialect.migrate,
    isMigrated: () => isMigrated(ours, dialect),
    migrate: () => migrate(ours, dialect),
  }
}
