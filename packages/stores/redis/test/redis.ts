import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll } from 'vitest'
import { clients } from './clients.ts'

/** The Redis that CI and every developer machine has. */
export const PORT = 6379

/** What starts another one. */
export const SERVER = 'redis-server'

const isThere = await answers(PORT)
const hasServer = spawnSync(SERVER, ['--version']).status === 0
if (process.env.CI === 'true' && !(isThere && hasServer)) {
  throw new Error(`CI needs a Redis at 127.0.0.1:${PORT}, and redis-server on the PATH`)
}

/** Why tests on the shared Redis are skipped; none where they are not. */
export const noRedis: string | undefined = isThere ? undefined : `no Redis at 127.0.0.1:${PORT}`

/** Why tests that start servers of their own are skipped. */
export const noServer: string | undefined = hasServer ? undefined : 'redis-server is not on the PATH'

const OURS = `bouncy-test-${randomBytes(6).toString('hex')}`
let prefixes = 0

/** A prefix that nobody else has; what is kept under it goes when the tests of the file are done. */
export function freshPrefix(): string {
  prefixes += 1
  return `${OURS}:${prefixes}:`
}

/** Every key under a prefix with all that it holds, as text. */
export async function contents(
  send: (args: string[]) => Promise<unknown>,
  prefix: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>()
  for (const key of await keysUnder(send, prefix)) {
    const type = String(await send(['TYPE', key]))
    const command = { string: ['GET', key], hash: ['HGETALL', key], zset: ['ZRANGE', key, '0', '-1'] }[type]
    if (command === undefined) throw new Error(`${key} is a ${type}`)
    const reply = await send(command)
    found.set(key.slice(prefix.length), Array.isArray(reply) ? reply.map(String) : [String(reply)])
  }
  return found
}

/** A connection to the shared Redis for what tests look at themselves. */
export const sendTo =
  (port: number) =>
  async (args: string[]): Promise<unknown> => {
    const { client, close } = await clients['ioredis@6'](port)
    try {
      return await client.call(args[0] ?? '', args.slice(1))
    } finally {
      await close()
    }
  }

async function keysUnder(send: (args: string[]) => Promise<unknown>, prefix: string): Promise<string[]> {
  const keys = new Set<string>()
  let cursor = '0'
  do {
    const reply = await send(['SCAN', cursor, 'MATCH', `${prefix}*`, 'COUNT', '1000'])
    const [next, some] = reply as [string, string[]]
    cursor = String(next)
    for (const key of some) keys.add(key)
  } while (cursor !== '0')
  return [...keys].sort()
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

if (isThere) {
  afterAll(async () => {
    const send = sendTo(PORT)
    for (const key of await keysUnder(send, OURS)) await send(['UNLINK', key])
  })
}
