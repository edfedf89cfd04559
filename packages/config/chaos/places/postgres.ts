import { Client } from 'pg'
import { CREATE_EFFECTS, freshName, onServer, type Place, SELECT_EFFECTS } from './place.ts'

const PORT = 5432
const at = (database: string): string => `postgres://postgres@127.0.0.1:${PORT}/${database}`

/** A database on the server of this machine. @throws Error nobody answers */
export async function postgresPlace(): Promise<Place> {
  const name = freshName()
  await as('postgres', (client) => client.query(`create database ${name}`))
  const create = async (): Promise<void> => void (await as(name, (client) => client.query(CREATE_EFFECTS)))
  await create()

  return {
    ...onServer({ store: 'postgres', at: at(name) }, PORT),
    create,
    transactional: true,
    effects: async () => (await as(name, (client) => client.query(SELECT_EFFECTS))).rows,
    check: async () => [],
    remove: async () =>
      void (await as('postgres', (client) => client.query(`drop database ${name} with (force)`))),
  }
}

async function as<T>(database: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: at(database), connectionTimeoutMillis: 3_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
