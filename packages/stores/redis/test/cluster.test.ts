import { setTimeout } from 'node:timers/promises'
import { redisStore } from '@bouncy/redis'
import { Cluster } from 'ioredis'
import { createCluster } from 'redis'
import { createCluster as createCluster4 } from 'redis-4'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { doEverything } from './everything.ts'
import { noServer, sendTo } from './redis.ts'
import { type Server, startServer } from './server.ts'

describe.skipIf(noServer !== undefined)('in a cluster of two', { timeout: 60_000 }, () => {
  const servers: Server[] = []
  const port = (index: number): number => servers[index]?.port ?? 0
  beforeAll(async () => {
    for (const slots of [
      ['0', '8191'],
      ['8192', '16383'],
    ]) {
      const server = await startServer('--cluster-enabled', 'yes')
      servers.push(server)
      await sendTo(server.port)(['CLUSTER', 'ADDSLOTSRANGE', ...slots])
    }
    await sendTo(port(0))(['CLUSTER', 'MEET', '127.0.0.1', String(port(1))])
    for (const server of servers) {
      while (!String(await sendTo(server.port)(['CLUSTER', 'INFO'])).includes('cluster_state:ok')) {
        await setTimeout(50)
      }
    }
  }, 60_000)
  afterAll(async () => {
    for (const server of servers) await server.remove()
  })

  // one of each half of the slots
  const PREFIXES = ['{bouncy}:', '{bounce}:']

  it('all keys are together for redis', async () => {
    const rootNodes = [{ url: `redis://127.0.0.1:${port(0)}` }]
    const client = createCluster({ rootNodes })
    await client.connect()
    for (const prefix of PREFIXES) await doEverything(redisStore(client, { prefix: `6${prefix}` }))
    await client.close()
    const older = createCluster4({ rootNodes })
    await older.connect()
    for (const prefix of PREFIXES) await doEverything(redisStore(older, { prefix: `4${prefix}` }))
    await older.quit()
  })

  it('all keys are together for ioredis', async () => {
    const client = new Cluster([{ host: '127.0.0.1', port: port(1) }])
    for (const prefix of PREFIXES) await doEverything(redisStore(client, { prefix: `io${prefix}` }))
    await client.quit()
  })
})
