import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { createSnsSigner } from '@bouncy/sns/testing'
import { createClient, type RedisClientType } from 'redis'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { createApp } from './app.ts'
import { keyOf, redisCertificates } from './certificates.ts'

const topicArn = 'arn:aws:sns:us-east-1:111122223333:orders'
const amazon = createSnsSigner()
const certificate = keyOf(amazon.certificateUrl(topicArn))
const post = (message: string) => amazon.notification({ topicArn, message })

const redis = await connect()
if (redis === undefined) console.warn('no Redis at 127.0.0.1:6379: sns-shared-certificates is skipped')

describe.skipIf(redis === undefined)('receivers that share their certificates', () => {
  const clients: RedisClientType[] = []
  const servers: Server[] = []
  afterAll(async () => {
    for (const server of servers) server.close()
    await redis?.del(certificate)
    for (const client of [...clients, redis]) client?.destroy()
  })

  /** A receiver with a connection of its own, as if it were a process of its own. */
  async function start() {
    const client = await connect()
    if (client === undefined) throw new Error('Redis is gone')
    clients.push(client)
    const requests: string[] = []
    const messages: string[] = []
    const server = createApp({
      topicArns: [topicArn],
      certificateCache: redisCertificates(client),
      onMessage: ({ message }) => messages.push(message),
      fetch: async (input, init) => {
        requests.push(String(input))
        return amazon.fetch(input, init)
      },
    })
    servers.push(server.listen(0, '127.0.0.1'))
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const send = async (message: string) => (await fetch(url, post(message))).status
    return { client, requests, messages, send }
  }

  it('ask Amazon once, and then each other', async () => {
    const first = await start()
    expect(await first.send('one')).toBe(200)
    expect(first.requests).toEqual([amazon.certificateUrl(topicArn)])
    await vi.waitFor(async () => expect(await redis?.exists(certificate)).toBe(1))
    const daysLeft = Number(await redis?.pTTL(certificate)) / 86_400_000
    expect(daysLeft).toBeGreaterThan(0.99)
    expect(daysLeft).toBeLessThanOrEqual(1)

    const second = await start()
    expect(await second.send('two')).toBe(200)
    expect(second.messages).toEqual(['two'])
    expect(second.requests).toEqual([])
  })

  it('ask Amazon again while Redis cannot be reached', async () => {
    const third = await start()
    third.client.destroy()
    expect(await third.send('three')).toBe(200)
    expect(third.requests).toEqual([amazon.certificateUrl(topicArn)])
  })

  it('start as server.ts does, and refuse what is not of their topic', async () => {
    const server = spawn(process.execPath, [new URL('server.ts', import.meta.url).pathname], {
      env: { ...process.env, PORT: '0', TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:invoices' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string]
    const url = line.replace('POST ', '')
    expect((await fetch(url, post('four'))).status).toBe(403)
    server.kill('SIGTERM')
    expect(await once(server, 'close')).toEqual([0, null])
  })
})

/** Only a developer's machine may do without Redis. */
async function connect(): Promise<RedisClientType | undefined> {
  const socket = { reconnectStrategy: false, connectTimeout: 2_000 } as const
  const client: RedisClientType = createClient({ url: 'redis://127.0.0.1:6379', socket })
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (cause) {
    if (process.env.CI) throw new Error('no Redis at 127.0.0.1:6379', { cause })
    return undefined
  }
}
