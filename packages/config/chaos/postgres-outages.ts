import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseError } from 'pg'
import { fill } from './disk/small.ts'
import type { Place } from './places/place.ts'
import { databaseOf, onPostgres } from './places/postgres.ts'
import type { Outage } from './through-outages.ts'

/** Sessions of one database can read only; nothing of the server itself is changed. */
export function readOnlyDatabase(place: Place): Outage {
  const name = databaseOf(place)
  const become = (change: string): Promise<void> =>
    onPostgres(async (client) => {
      await client.query(`alter database ${name} ${change}`)
      // a session keeps what it began with
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
    })
  return {
    name: 'the database is read-only',
    begin: () => become('set default_transaction_read_only = on'),
    end: () => become('reset default_transaction_read_only'),
  }
}

/** No page can be added to any table or index; the log of the server, which is elsewhere, goes on. */
export function fullTablespace(place: Place, folder: string): Outage {
  const filler = join(folder, 'filler')
  return {
    name: 'the disk is full',
    // pages that are there already have room for some rows
    partial: true,
    async begin() {
      // a new database has pages that are only in memory; a checkpoint that finds no room for them fails for the whole server
      await onPostgres((client) => client.query('checkpoint'))
      refuseHoles(folder)
      fill(filler)
      await expectFull(databaseOf(place))
    },
    end: async () => rmSync(filler),
  }
}

/** @throws Error a page that exists has no room of its own yet */
function refuseHoles(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = statSync(join(folder, name), { throwIfNoEntry: false })
    if (file?.isFile() === true && file.blocks * 512 < file.size)
      throw new Error(`${name} has holes, which would break the checkpoints of the server`)
  }
}

const DISK_FULL = '53100'

/** @throws Error the server still finds room */
async function expectFull(database: string): Promise<void> {
  try {
    await onPostgres(
      (client) =>
        client.query(`create table chaos_room as select repeat('x', 8000) from generate_series(1, 9)`),
      database,
    )
  } catch (error) {
    if (error instanceof DatabaseError && error.code === DISK_FULL) return
    throw error
  }
  throw new Error('the server found room on a file system that is full')
}
