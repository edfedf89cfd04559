import { LeftOut, Missing } from '../missing.ts'
import type { StoreName } from '../open-store.ts'
import { mariadbPlace } from './mariadb.ts'
import type { Place } from './place.ts'
import { postgresPlace } from './postgres.ts'
import { redisPlace } from './redis.ts'
import { sqlitePlace } from './sqlite.ts'

/**
 * A database for a run.
 *
 * @param folder where one that consists of files has them
 * @throws Missing there is no such server here
 */
export async function openPlace(store: StoreName, folder: string): Promise<Place> {
  if (store === 'sqlite') return sqlitePlace(folder)
  return answering(store, { postgres: postgresPlace, mariadb: mariadbPlace, redis: redisPlace }[store]())
}

/** What a server is asked for. @throws Missing it does not answer */
export async function answering<T>(store: StoreName, asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof LeftOut) throw error
    throw new Missing(`${store} does not answer: ${error instanceof Error ? error.message : error}`)
  }
}
