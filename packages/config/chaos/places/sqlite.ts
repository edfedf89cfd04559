import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openStore } from '../open-store.ts'
import { CREATE_EFFECTS, type Place, SELECT_EFFECTS, type WrittenEffect } from './place.ts'

/** A file in a folder that holds nothing else. */
export async function sqlitePlace(folder: string): Promise<Place> {
  const at = { store: 'sqlite', at: join(folder, 'bouncy.db') } as const
  const look = <T>(work: (database: DatabaseSync) => T): T => {
    const database = new DatabaseSync(at.at)
    try {
      return work(database)
    } finally {
      database.close()
    }
  }
  const create = async (): Promise<void> => look((database) => database.exec(CREATE_EFFECTS))
  await create()

  return {
    at,
    create,
    through() {
      throw new Error('a file has no port')
    },
    transactional: true,
    open: () => openStore(at),
    effects: async () =>
      look((database) => database.prepare(SELECT_EFFECTS).all()) as unknown as readonly WrittenEffect[],
    async check() {
      const found = look((database) => database.prepare('pragma integrity_check').all())
      return found
        .map((row) => String(row.integrity_check))
        .filter((verdict) => verdict !== 'ok')
        .map((verdict) => `the file is damaged: ${verdict}`)
    },
    // whose folder it is removes it
    remove: async () => {},
  }
}
