import { redisStore } from '@bouncy/redis'
import { describe, expect, it } from 'vitest'

const client = { sendCommand: async () => null }
const telling = { ...client, on: () => {}, off: () => {} }
const cluster = { sendCommand: async () => null, getSlotRandomNode: () => ({}) }
const ioCluster = { call: async () => null, isCluster: true }
const pool = { sendCommand: async () => null, totalClients: 4 }

describe('redisStore refuses', () => {
  it.each([
    ['no client', undefined, {}, /^\[bouncy\/redis\] client: /],
    ['what is no client', { get: () => {} }, {}, /^\[bouncy\/redis\] client: /],
    ['a URL', 'redis://:secret@127.0.0.1', {}, /^\[bouncy\/redis\] client: /],
    ['an option that does not exist', client, { prefixes: 'x' }, /^\[bouncy\/redis\] prefixes: remove it/],
    ['an empty prefix', client, { prefix: '' }, /^\[bouncy\/redis\] prefix: /],
    ['a prefix that is not set', client, { prefix: undefined }, /^\[bouncy\/redis\] prefix: /],
    ['a wish that is no truth value', client, { waitForAof: 'yes' }, /^\[bouncy\/redis\] waitForAof: /],
    ['half a replica', client, { waitForReplicas: 0.5 }, /^\[bouncy\/redis\] waitForReplicas: /],
    ['to wait for ever', client, { waitMs: 0 }, /^\[bouncy\/redis\] waitMs: /],
    ['keys all over a cluster', cluster, {}, /^\[bouncy\/redis\] prefix: .*hash tag/],
    [
      'keys all over a cluster of ioredis',
      ioCluster,
      { prefix: '{}:' },
      /^\[bouncy\/redis\] prefix: .*hash tag/,
    ],
    [
      'to wait in a cluster',
      cluster,
      { prefix: '{b}:', waitForReplicas: 1 },
      /waitForReplicas: .*one connection/,
    ],
    ['to wait where no reconnection is told', client, { waitForReplicas: 1 }, /client: give .* on and off/],
    ['to wait in a pool', pool, { waitForAof: true }, /^\[bouncy\/redis\] waitForAof: .*one connection/],
  ])('%s', (_, given, options, message) => {
    const make = (): unknown => redisStore(given as never, options as never)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
    expect(make).not.toThrow(/secret/)
  })

  it('nothing that fits', () => {
    expect(redisStore(client)).not.toHaveProperty('settleWith')
    redisStore(telling, { prefix: 'b:', waitForAof: true, waitForReplicas: 2, waitMs: 100 })
    redisStore(cluster, { prefix: '{bouncy}:' })
    redisStore(ioCluster, { prefix: '{bouncy}:' })
    redisStore(pool)
  })
})
