import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { SERVER } from './redis.ts'

/** A Redis of our own, which may be killed. */
export interface Server {
  readonly port: number
  /** kill -9. */
  kill(): Promise<void>
  /** Starts it again over what it had kept, on the same port. */
  start(): Promise<void>
  /** Ends it, and removes what it had kept. */
  remove(): Promise<void>
}

/** Starts a server on a free port, in a directory of its own, with nothing kept unless the settings say so. */
export async function startServer(...settings: readonly string[]): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'bouncy-redis-'))
  const port = await freePort()
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const base = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '']
    const started = spawn(SERVER, [...base, ...settings], { stdio: ['ignore', 'pipe', 'inherit'] })
    child = started
    for await (const line of createInterface({ input: started.stdout })) {
      if (!line.includes('Ready to accept connections')) continue
      // a pipe that nobody reads would stop it
      started.stdout.resume()
      return
    }
    throw new Error('redis-server did not start')
  }

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  await start()
  return {
    port,
    kill,
    start,
    async remove() {
      await kill()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
