import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Setting } from './setting.ts'
import type { Secrets } from './traffic.ts'

/** What a process does, and what it has to know. */
export interface MemberTask extends Setting, Secrets {
  readonly receives: boolean
  readonly works: boolean
}

/** A process of the fleet; when it has been killed another one takes its place. */
export interface Member {
  /** Where it listens; none while it is down, or where it receives nothing. */
  readonly port: number | undefined
  /** How often it ended though nobody had killed it. */
  readonly crashes: number
  /** kill -9, and a new start. @returns when the new one is up */
  kill(): Promise<void>
  end(): Promise<void>
}

export async function startMember(task: MemberTask): Promise<Member> {
  let child: ChildProcess | undefined
  let port: number | undefined
  let crashes = 0

  async function start(): Promise<void> {
    const file = new URL('member.ts', import.meta.url)
    const started = fork(file, [JSON.stringify(task)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    child = started
    const said = once(started, 'message') as Promise<[{ readonly port: number } | null]>
    const died = once(started, 'exit').then(([code]) => {
      throw new Error(`a process of the fleet ended as it started, with ${code}`)
    })
    died.catch(() => {})
    const [address] = await Promise.race([said, died])
    port = address?.port
    started.on('exit', () => {
      if (child === started) crashes += 1
    })
  }

  async function end(): Promise<void> {
    port = undefined
    const killed = child
    child = undefined
    if (killed === undefined || killed.exitCode !== null || killed.signalCode !== null) return
    const gone = once(killed, 'exit')
    killed.kill('SIGKILL')
    await gone
  }

  await start()
  return {
    get port() {
      return port
    },
    get crashes() {
      return crashes
    },
    async kill() {
      await end()
      await start()
    },
    end,
  }
}
