import { type RedisClient, redisStore } from '@bouncy/redis'
import { expect, it } from 'vitest'

it('a wrong option does not compile, and is refused', () => {
  const client = { isOpen: true, sendCommand: async () => null } as unknown as RedisClient
  // @ts-expect-error it is prefix
  expect(() => redisStore(client, { keyPrefix: 'mail:' })).toThrow('[bouncy/redis]')
  // @ts-expect-error a client is needed
  expect(() => redisStore({ prefix: 'mail:' })).toThrow('[bouncy/redis]')
})
