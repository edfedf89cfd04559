import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Servers and what loads them have a core each, where the system can see to that. */
const PINNED = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill()
})

/** A process that answers messages. */
export interface Child {
  /** @throws Error what the child says went wrong, or that it has ended */
  ask<Answer>(question: object): Promise<Answer>
  stop(): Promise<void>
}

/**
 * Starts a file of the bench as a process of its own.
 *
 * @param core on which it runs
 * @param argument what it is told at the start, as JSON
 */
export function start(file: URL, core: 0 | 1, argument: object, flags: readonly string[] = []): Child {
  const command = [process.execPath, ...flags, fileURLToPath(file), JSON.stringify(argument)]
  const [program = '', ...args] = PINNED ? ['taskset', '-c', String(core), ...command] : command
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return {
    ask: (question) => ask(child, question),
    async stop() {
      if (child.exitCode !== null) return
      const exited = new Promise((resolve) => child.once('exit', resolve))
      await ask(child, { stop: true }).catch(() => child.kill())
      await exited
    },
  }
}

function ask<Answer>(child: ChildProcess, question: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    function settle(work: () => void): void {
      child.off('message', answered).off('exit', ended)
      work()
    }
    const answered = (message: unknown) =>
      settle(() => {
        const { error, answer } = message as { readonly error?: string; readonly answer: Answer }
        if (error === undefined) resolve(answer)
        else reject(new Error(error))
      })
    const ended = () => settle(() => reject(new Error('a process of the bench has ended')))
    child.on('message', answered).on('exit', ended)
    child.send(question)
  })
}

/** In such a process: answers each question, until it is told to stop. */
export function answer(
  work: (question: never) => Promise<unknown>,
  stop: () => Promise<unknown> = async () => {},
): void {
  process.on('message', async (question: { readonly stop?: true }) => {
    try {
      const found = question.stop === true ? await stop() : await work(question as never)
      process.send?.({ answer: found ?? null }, () => question.stop === true && process.exit())
    } catch (error) {
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.on('disconnect', () => process.exit())
}
