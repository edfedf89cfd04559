import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ReceiverSetup } from './receiver.ts'

/** A receiver in a process of its own, which can be killed and started again. */
export interface ReceiverProcess {
  /** Resolves with where it listens, as soon as it does. */
  url(): Promise<string>
  /** Resolves when it listens. @throws Died it ended instead */
  start(): Promise<void>
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** Lets it finish what is under way. */
  stop(): Promise<void>
  /** How it ended where nobody told it to. */
  readonly deaths: readonly string[]
}

/** The receiver ended although nobody had told it to. */
export class Died extends Error {
  override readonly name = 'Died'
}

const PROGRAM = fileURLToPath(new URL('receiver.ts', import.meta.url))

/** @param env added to the environment */
export function createReceiver(
  setup: ReceiverSetup,
  env: Readonly<Record<string, string>> = {},
): ReceiverProcess {
  const deaths: string[] = []
  let child: ChildProcess | undefined
  let ended: Promise<unknown> = Promise.resolve()
  let expected = true
  let listens = false
  let listening = Promise.withResolvers<string>()

  async function start(): Promise<void> {
    expected = false
    const started = spawn(process.execPath, ['--no-warnings', PROGRAM, JSON.stringify(setup)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    child = started
    started.stdin.on('error', () => {})
    let complaint = ''
    started.stderr.on('data', (text: Buffer) => {
      complaint = `${complaint}${text}`.slice(-2_000)
    })
    const ending = once(started, 'exit').then(([code, signal]) => {
      // who waits for one that never listened waits for the next
      if (listens) listening = Promise.withResolvers()
      listens = false
      if (!expected) deaths.push(`the receiver ended by itself with ${signal ?? code}: ${gist(complaint)}`)
    })
    ended = ending
    const output = createInterface({ input: started.stdout })
    const said = await Promise.race([once(output, 'line'), ending])
    if (!Array.isArray(said)) {
      if (expected) return
      throw new Died(deaths.at(-1))
    }
    listens = true
    listening.resolve(`http://127.0.0.1:${said[0]}`)
  }

  return {
    url: () => listening.promise,
    start,
    async kill() {
      expected = true
      child?.kill('SIGKILL')
      await ended
    },
    async stop() {
      expected = true
      child?.stdin?.end()
      await ended
    },
    deaths,
  }
}

/** Of what it wrote to standard error, the line that says what happened. */
function gist(complaint: string): string {
  const lines = complaint.trim().split('\n')
  return (lines.find((line) => /Error\b.*:/.test(line)) ?? lines[0] ?? '').trim()
}
