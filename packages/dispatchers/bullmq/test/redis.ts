import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Redis } from 'ioredis'
import { afterAll, onTestFinished } from 'vitest'
import { PORT } from './port.ts'

/** What starts another one. */
const SERVER = 'redis-server'

const probe = connectTo(PORT, { lazyConnect: true, retryStrategy: () => null })
const isThere = await probe.connect().then(
  () => true,
  () => false,
)
probe.disconnect()
const hasServer = spawnSync(SERVER, ['--version']).status === 0
if (process.env.CI === 'true' && !(isThere && hasServer)) {
  throw new Error(`CI needs a Redis at 127.0.0.1:${PORT}, and redis-server on the PATH`)
}

/** Why tests on the shared Redis are skipped; none where they are not. */
export const noRedis: string | undefined = isThere ? undefined : `no Redis at 127.0.0.1:${PORT}`
/** Why tests that start a Redis of their own are skipped. */
export const noServer: string | undefined = hasServer ? undefined : 'redis-server is not on the PATH'

/** What all keys of a test file begin with; they go when its tests are done. */
export const prefix: string = `bouncy-test-${randomBytes(6).toString('hex')}`

afterAll(async () => {
  if (!isThere) return
  const client = connectTo(PORT)
  for await (const keys of client.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
    if (keys.length > 0) await client.unlink(keys)
  }
  client.disconnect()
})

/** A client as BullMQ's workers need it, which is closed when the test is over. */
export function connect(port: number = PORT): Redis {
  const client = connectTo(port, { maxRetriesPerRequest: null, retryStrategy: () => 100 })
  onTestFinished(() => client.disconnect())
  return client
}

/** A Redis of our own, without persistence, which may be stopped. */
export interface OwnRedis {
  readonly port: number
  start(): Promise<void>
  stop(): Promise<void>
  /** Lets it answer nothing. @returns what lets it answer again */
  freeze(): () => void
}

export async function startRedis(): Promise<OwnRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'bouncy-bullmq-'))
  const port = await freePort()
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const settings = { port, bind: '127.0.0.1', dir: directory, save: '' }
    const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)])
    const started = spawn(SERVER, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    child = started
    const lines = createInterface({ input: started.stdout })
    const { promise: ready, resolve } = Promise.withResolvers<void>()
    lines.on('line', (line) => line.includes('Ready to accept connections') && resolve())
    await ready
  }

  async function stop(): Promise<void> {
    if (child === undefined || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  function freeze(): () => void {
    child?.kill('SIGSTOP')
    return () => void child?.kill('SIGCONT')
  }

  await start()
  onTestFinished(async () => {
    await stop()
    rmSync(directory, { recursive: true, force: true })
  })
  return { port, start, stop, freeze }
}

function connectTo(port: number, options: object = {}): Redis {
  const client = new Redis({ host: '127.0.0.1', port, ...options })
  client.on('error', () => {})
  return client
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { readonly port: number }
  server.close()
  await once(server, 'close')
  return port
}
