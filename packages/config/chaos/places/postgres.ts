import { Client } from 'pg'
import { CREATE_EFFECTS, freshName, onServer, type Place, SELECT_EFFECTS } from './place.ts'

const PORT = 5432
const at = (database: string): string => `postgres://postgres@127.0.0.1:${PORT}/${database}`

/**
 * A database on the server of this machine.
 *
 * @param tablespace where its files are. @default where the server has them
 * @throws Error nobody answers
 */
export async function postgresPlace(tablespace = 'pg_default'): Promise<Place> {
  const name = freshName()
  await onPostgres((client) => client.query(`create database ${name} tablespace ${tablespace}`))
  const create = async (): Promise<void> =>
    void (await onPostgres((client) => client.query(CREATE_EFFECTS), name))
  await create()

  return {
    ...onServer({ store: 'postgres', at: at(name) }, PORT),
    create,
    transactional: true,
    effects: async () => (await onPostgres((client) => client.query(SELECT_EFFECTS), name)).rows,
    check: async () => [],
    remove: () => dropDatabase(name),
  }
}

/** The database of such a place. */
export const databaseOf = ({ at: { at: url } }: Place): string => new URL(url).pathname.slice(1)

/** Drops a database with whoever is in it, if it is there. */
export const dropDatabase = async (name: string): Promise<void> =>
  void (await onPostgres((client) => client.query(`drop database if exists ${name} with (force)`)))

/** Works as the superuser, on a connection of its own. @param database @default that of the superuser */
export async function onPostgres<T>(work: (client: Client) => Promise<T>, database = 'postgres'): Promise<T> {
  const client = new Client({ connectionString: at(database), connectionTimeoutMillis: 3_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
