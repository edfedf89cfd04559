import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { noRedis, prefix } from './redis.ts'
import { bounce, type Setting, setUp } from './setting.ts'

const WORKER = new URL('worker.ts', import.meta.url).pathname

/** Starts a worker in a process of its own. */
function startWorker({ path, queueName }: Setting, what: 'hang' | 'succeed') {
  const child = spawn(process.execPath, [WORKER, path, prefix, queueName, what], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const attempts: number[] = []
  const began = Promise.withResolvers<void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    attempts.push(Number(line))
    began.resolve()
  })
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { attempts, began: began.promise, kill }
}

describe.skipIf(noRedis !== undefined)('a worker that is killed in the middle of a handler', () => {
  it('loses its job to another one, which settles the event', { timeout: 20_000 }, async () => {
    const setting = setUp()
    const receiver = setting.process({ work: false })
    await bounce(receiver, 1)
    const first = startWorker(setting, 'hang')
    await first.began
    expect((await receiver.events({ state: 'unsettled' })).items).toHaveLength(1)
    await first.kill()
    const second = startWorker(setting, 'succeed')
    await second.began
    expect([...first.attempts, ...second.attempts]).toEqual([1, 2])
    await vi.waitFor(async () => expect((await receiver.events({ state: 'settled' })).items).toHaveLength(1))
    await second.kill()
  })

  it.each([
    ['the same', 2],
    ['a greater', 3],
  ])(
    'at every attempt leaves a dead event behind, and not a crash for ever, where the receiver has %s number of them',
    {
      timeout: 30_000,
    },
    async (_, attempts) => {
      const setting = setUp()
      const receiver = setting.process({ work: false, attempts })
      await bounce(receiver, 1)
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const worker = startWorker(setting, 'hang')
        await worker.began
        expect(worker.attempts).toEqual([attempt])
        await worker.kill()
      }
      const last = startWorker(setting, 'succeed')
      await vi.waitFor(
        async () => expect((await receiver.events({ state: 'dead' })).items).toHaveLength(1),
        10_000,
      )
      expect(last.attempts).toEqual([])
      await last.kill()
    },
  )
})
