import { chmodSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { mountSmall, unmount } from '../disk/small.ts'
import { LeftOut } from '../missing.ts'
import type { Run } from '../scenario.ts'
import { freshName, type Place } from './place.ts'
import { answering } from './places.ts'
import { dropDatabase, onPostgres, postgresPlace } from './postgres.ts'

/** In MiB: an empty database takes about 8. */
const SIZE = 64

/**
 * A PostgreSQL database of which the files, but for its log, are on a small file system of its own.
 *
 * @param folder empty, in a folder of this run
 * @throws Missing there is no such server here
 * @throws LeftOut mounting is not permitted, or the server does not see this folder
 */
export async function placeInTablespace(run: Run, folder: string): Promise<Place> {
  const uid = await answering('postgres', serverUser())
  const problem = mountSmall(folder, { size: SIZE, uid })
  if (problem !== undefined) throw new LeftOut(problem)
  run.atEnd(async () => unmount(folder))
  // the server has to get through to the mounted folder, which is its alone
  chmodSync(dirname(folder), 0o711)

  const name = freshName()
  const making = createIn(name, folder)
  run.atEnd(async () => {
    // nothing may come into being in it once it is gone
    await making.catch(() => {})
    await dropTablespace(name)
  })
  return making
}

async function createIn(name: string, folder: string): Promise<Place> {
  try {
    await onPostgres((client) => client.query(`create tablespace ${name} location '${folder}'`))
  } catch (error) {
    throw new LeftOut(`the server cannot use ${folder}: ${error instanceof Error ? error.message : error}`)
  }
  return answering('postgres', postgresPlace(name))
}

async function dropTablespace(name: string): Promise<void> {
  const { rows } = await onPostgres((client) =>
    client.query<{ datname: string }>(
      'select datname from pg_database join pg_tablespace t on t.oid = dattablespace where spcname = $1',
      [name],
    ),
  )
  for (const { datname } of rows) await dropDatabase(datname)
  await onPostgres((client) => client.query(`drop tablespace if exists ${name}`))
}

/** As whom the server runs. @throws LeftOut it does not run on the files of this machine */
async function serverUser(): Promise<number> {
  const { rows } = await onPostgres((client) =>
    client.query<{ data_directory: string }>('show data_directory'),
  )
  const folder = rows[0]?.data_directory ?? ''
  try {
    return statSync(folder).uid
  } catch {
    throw new LeftOut(`the folder of the server, ${folder}, is not on this machine`)
  }
}
