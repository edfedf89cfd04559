import { createClient } from 'redis'
import { freshName, onServer, type Place } from './place.ts'

const PORT = 6379
const URL = `redis://127.0.0.1:${PORT}`

/** A prefix on the server of this machine. @throws Error nobody answers */
export async function redisPlace(): Promise<Place> {
  const prefix = `${freshName()}:`
  const client = createClient({ url: URL, socket: { reconnectStrategy: false, connectTimeout: 3_000 } })
  client.on('error', () => {})
  await client.connect()

  return {
    ...onServer({ store: 'redis', at: URL, prefix }, PORT),
    create: async () => {},
    transactional: false,
    effects: async () => [],
    check: async () => [],
    async remove() {
      for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1_000 })) {
        if (keys.length > 0) await client.del(keys)
      }
      client.destroy()
    },
  }
}
