import type { Store } from '@bouncy/core/store'
import { type RedisClient, redisStore } from '@bouncy/redis'
import { testStore } from '@bouncy/testkit'
import { afterAll, beforeAll, describe } from 'vitest'
import { type Connection, clients } from './clients.ts'
import { freshPrefix, noRedis, noServer, PORT } from './redis.ts'

const missing = [noRedis, noServer].filter((reason) => reason !== undefined)
if (missing.length > 0)
  process.stderr.write(`@bouncy/redis is not tested as a whole: ${missing.join('; ')}\n`)

const skip = { transactions: 'Redis has no transactions that others can write through' }
const opened = new Map<string, Connection<RedisClient>>()
let prefix = ''

/** A store over a client that is opened once for all tests. */
function storeOver(name: keyof typeof clients): Store {
  const connection = opened.get(name)
  if (connection === undefined) throw new Error(`${name} is not connected`)
  return redisStore(connection.client, { prefix })
}

/** Several processes, as one store: each call goes to the next of them. */
function inTurn(stores: readonly Store[]): Store {
  let calls = 0
  const next = <Name extends keyof Store>(name: Name) => [
    name,
    (...args: readonly unknown[]) => {
      calls += 1
      const method = stores[calls % stores.length]?.[name] as (...args: readonly unknown[]) => unknown
      return method(...args)
    },
  ]
  const names = Object.keys(stores[0] ?? {}) as (keyof Store)[]
  return {
    ...Object.fromEntries(names.map(next)),
    close: async () => void (await Promise.all(stores.map((store) => store.close()))),
  }
}

describe.skipIf(noRedis !== undefined)('conformance', () => {
  beforeAll(async () => {
    for (const name of ['redis@6', 'ioredis@6', 'redis@4.6', 'ioredis@5'] as const) {
      opened.set(name, await clients[name](PORT))
    }
  })
  afterAll(async () => {
    for (const { close } of opened.values()) await close()
  })

  for (const name of ['redis@6', 'ioredis@6'] as const) {
    testStore(
      `redisStore(${name})`,
      () => {
        prefix = freshPrefix()
        return storeOver(name)
      },
      { reopen: () => storeOver(name), skip },
    )
  }

  const several = (): Store =>
    inTurn([...opened.keys()].map((name) => storeOver(name as keyof typeof clients)))
  testStore(
    'four of redisStore in turn',
    () => {
      prefix = freshPrefix()
      return several()
    },
    { reopen: several, skip },
  )
})
