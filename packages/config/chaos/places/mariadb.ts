import { createConnection } from 'mysql2/promise'
import {
  CREATE_EFFECTS,
  freshName,
  onServer,
  type Place,
  SELECT_EFFECTS,
  type WrittenEffect,
} from './place.ts'

const PORT = 3306
const at = (database: string): string => `mysql://root@127.0.0.1:${PORT}/${database}`

/** A database on the server of this machine. @throws Error nobody answers */
export async function mariadbPlace(): Promise<Place> {
  const name = freshName()
  await query('mysql', `create database ${name} character set utf8mb4`)
  const create = async (): Promise<void> => void (await query(name, CREATE_EFFECTS))
  await create()

  return {
    ...onServer({ store: 'mariadb', at: at(name) }, PORT),
    create,
    transactional: true,
    effects: async () => (await query(name, SELECT_EFFECTS)) as readonly WrittenEffect[],
    check: async () => [],
    remove: async () => void (await query('mysql', `drop database ${name}`)),
  }
}

async function query(database: string, sql: string): Promise<unknown> {
  const connection = await createConnection({ uri: at(database), connectTimeout: 3_000 })
  try {
    const [rows] = await connection.query(sql)
    return rows
  } finally {
    await connection.end()
  }
}
