import type { IoRedisClient, NodeRedisClient } from '@bouncy/redis'
import { Redis } from 'ioredis'
import ioredis5 from 'ioredis-5'
import { createClient } from 'redis'
import { createClient as createClient4 } from 'redis-4'
import { createClient as createClient5 } from 'redis-5'

/** A client that is connected, and how to be rid of it. */
export interface Connection<Client> {
  readonly client: Client
  close(): Promise<unknown>
}

const url = (port: number): string => `redis://127.0.0.1:${port}`

/** Of each client that is supported, the lowest version and the newest; that they fit is a test of types, too. */
export const clients = {
  async 'redis@4.6'(port: number): Promise<Connection<NodeRedisClient>> {
    const client = createClient4({ url: url(port) })
    client.on('error', () => {})
    await client.connect()
    return { client, close: () => client.quit() }
  },
  async 'redis@5'(port: number): Promise<Connection<NodeRedisClient>> {
    const client = createClient5({ url: url(port) })
    client.on('error', () => {})
    await client.connect()
    return { client, close: () => client.close() }
  },
  async 'redis@6'(port: number): Promise<Connection<NodeRedisClient>> {
    const client = createClient({ url: url(port) })
    client.on('error', () => {})
    await client.connect()
    return { client, close: () => client.close() }
  },
  async 'ioredis@5'(port: number): Promise<Connection<IoRedisClient>> {
    const client = new ioredis5.default(port)
    client.on('error', () => {})
    return { client, close: () => client.quit() }
  },
  async 'ioredis@6'(port: number): Promise<Connection<IoRedisClient>> {
    const client = new Redis(port)
    client.on('error', () => {})
    return { client, close: () => client.quit() }
  },
}
