import { setTimeout } from 'node:timers/promises'
import type { ReceiverProcess } from './receiver-process.ts'
import type { Score } from './score.ts'
import type { Sender } from './sender.ts'
import type { Letter, Traffic } from './traffic.ts'

/** Providers that send without a pause, and send again what was not acknowledged. */
export interface Load {
  /** What has been sent and not acknowledged yet. */
  outstanding(): readonly Letter[]
  /** Resolves when so many more posts have been acknowledged. @returns false where that did not happen in time */
  acknowledged(more: number, withinMs: number): Promise<boolean>
  /** Sends no new letters any more. Resolves when all are acknowledged. @returns false where that did not happen in time */
  drain(withinMs: number): Promise<boolean>
  /** Ends it as it is. */
  stop(): Promise<void>
}

/** How soon a post that was not acknowledged is sent again, in milliseconds: at first, and at most. */
const RETRY_MS = [20, 1_000] as const

export function startLoad(
  receiver: ReceiverProcess,
  sender: Sender,
  traffic: Pick<Traffic, 'next'>,
  score: Score,
  connections: number,
): Load {
  const outstanding = new Map<number, Letter>()
  const waiting: { letter: Letter; at: number; pause: number }[] = []
  let listeners: (() => void)[] = []
  let fresh = true
  let stopped = false

  async function work(): Promise<void> {
    while (!stopped) {
      const due = takeDue()
      if (due === undefined && !fresh) {
        if (outstanding.size === 0) return
        await setTimeout(5)
        continue
      }
      const letter = due?.letter ?? traffic.next()
      outstanding.set(letter.number, letter)
      score.send(letter)
      const url = await Promise.race([receiver.url(), ending.promise])
      if (url === undefined) return
      const { status } = await sender.post(url, letter)
      if (score.answer(letter, status)) {
        outstanding.delete(letter.number)
        if (!letter.forged) for (const listener of listeners) listener()
      } else {
        const pause = due === undefined ? RETRY_MS[0] : Math.min(due.pause * 2, RETRY_MS[1])
        waiting.push({ letter, at: performance.now() + pause, pause })
      }
    }
  }

  function takeDue() {
    const index = waiting.findIndex(({ at }) => at <= performance.now())
    return index < 0 ? undefined : waiting.splice(index, 1)[0]
  }

  const ending = Promise.withResolvers<undefined>()
  const working = Promise.all(Array.from({ length: connections }, work))

  async function within(ms: number, done: Promise<unknown>): Promise<boolean> {
    const timer = new AbortController()
    const late = setTimeout(ms, false, { signal: timer.signal }).catch(() => false)
    const result = await Promise.race([done.then(() => true), late])
    timer.abort()
    return result
  }

  async function stop(): Promise<void> {
    stopped = true
    ending.resolve(undefined)
    await working
  }

  return {
    outstanding: () => [...outstanding.values()],
    async acknowledged(more, withinMs) {
      const { promise, resolve } = Promise.withResolvers<void>()
      let left = more
      const listener = (): void => {
        left -= 1
        if (left <= 0) resolve()
      }
      listeners.push(listener)
      const reached = await within(withinMs, promise)
      listeners = listeners.filter((one) => one !== listener)
      return reached
    },
    async drain(withinMs) {
      fresh = false
      const drained = await within(withinMs, working)
      await stop()
      return drained
    },
    stop,
  }
}
