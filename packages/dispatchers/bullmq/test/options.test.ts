import { type BullmqDispatcherOptions, bullmqDispatcher } from '@bouncy/bullmq'
import { describe, expect, it } from 'vitest'

const connection = { host: '127.0.0.1', port: 1, lazyConnect: true }

describe('options', () => {
  it.each([
    [undefined, 'options: give { connection }'],
    [{}, 'connection: give a client'],
    [{ connection: 'redis://:hunter2@example.com' }, 'connection: give a client'],
    [
      { connection: { options: { maxRetriesPerRequest: 20 } } },
      'connection: make the client with maxRetriesPerRequest',
    ],
    [{ connection, queueName: 'a:b' }, 'queueName: give a text without colons'],
    [{ connection, prefix: '' }, 'prefix: give a text without colons'],
    [{ connection, work: 'no' }, 'work: give true or false'],
    [{ connection, types: [] }, 'types: give at least one'],
    [{ connection, attempts: 0 }, 'attempts: give a whole number from 1'],
    [{ connection, concurrency: 1.5 }, 'concurrency: give a whole number from 1'],
    [{ connection, keepDead: -1 }, 'keepDead: give a whole number from 0'],
    [{ connection, limiter: { max: 1 } }, 'limiter.duration: give a whole number from 1'],
    [{ connection, limiter: null }, 'limiter.max: give a whole number from 1'],
    [{ connection, backoff: { type: 'custom', delay: 1 } }, "backoff.type: give 'fixed' or 'exponential'"],
    [{ connection, backoff: { type: 'fixed' } }, 'backoff.delay: give a whole number from 1'],
    [{ connection, enqueueAgainAfterMs: 2 ** 31 }, 'enqueueAgainAfterMs: give a whole number from 1'],
    [{ connection, retries: 3 }, 'retries: remove it; there is no such option'],
  ])('name the mistake and the remedy: %#', (options, message) => {
    const make = () => bullmqDispatcher(options as BullmqDispatcherOptions)
    expect(make).toThrow(`[bouncy/bullmq] ${message}`)
    expect(make).not.toThrow('hunter2')
  })
})
