import { addressKey } from '@bouncy/core'
import type { Kysely } from 'kysely'
import type { Tables } from './database.ts'

export interface User {
  readonly id: number
  readonly address: string
}

export async function addUser(db: Kysely<Tables>, address: string): Promise<User> {
  const user = { address, address_key: keyOf(address) }
  return db.insertInto('users').values(user).returning(['id', 'address']).executeTakeFirstOrThrow()
}

export async function findUser(db: Kysely<Tables>, id: number | undefined): Promise<User | undefined> {
  if (id === undefined) return undefined
  return db.selectFrom('users').select(['id', 'address']).where('id', '=', id).executeTakeFirst()
}

/** From now on mail goes to another address; what was to be said of the old one no longer matters. */
export async function changeAddress(db: Kysely<Tables>, { id }: User, address: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('users')
      .set({ address, address_key: keyOf(address) })
      .where('id', '=', id)
      .execute()
    await trx.deleteFrom('notices').where('user_id', '=', id).execute()
  })
}

function keyOf(address: string): string {
  const key = addressKey(address)
  if (key === undefined) throw new TypeError('address: this is no e-mail address')
  return key
}
