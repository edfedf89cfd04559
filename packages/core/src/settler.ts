import type { Settings } from './bouncy.ts'
import { errorFacts } from './logger.ts'

/**
 * Tells the store of events whose handlers succeeded, beside whatever else is done: no sender waits for it. While the
 * store is told of some the next ones gather.
 */
export interface Settler {
  /**
   * @param until the end of the event's lease, after which somebody else may have it; by `performance.now()`
   * @returns whether the store knows now; never rejects
   */
  settle(id: string, until: number): Promise<boolean>
  /** Resolves when the store knows of all; what it does not take now will run again. */
  flush(): Promise<void>
}

interface Succeeded {
  readonly id: string
  readonly until: number
  tell(known: boolean): void
}

/** How long the store is left alone after it failed, in milliseconds. */
const PAUSE_MS = 1_000

export function createSettler({ store, logger }: Pick<Settings, 'store' | 'logger'>): Settler {
  let waiting: Succeeded[] = []
  let telling: Promise<void> | undefined
  let flushing = false
  let wake: (() => void) | undefined

  async function tellAll(): Promise<void> {
    while (waiting.length > 0) {
      const some = waiting
      waiting = []
      try {
        await store.settle(some.map(({ id }) => ({ id, outcome: 'settled' })))
        for (const { tell } of some) tell(true)
      } catch (error) {
        logger.error(errorFacts(error), 'the store did not take that handlers succeeded; they may run again')
        const now = performance.now()
        for (const one of some) {
          if (flushing || one.until <= now + PAUSE_MS) one.tell(false)
          else waiting.push(one)
        }
        if (waiting.length > 0) await pause()
      }
    }
    telling = undefined
  }

  async function pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    wake = resolve
    const timer = setTimeout(resolve, PAUSE_MS)
    await promise
    clearTimeout(timer)
  }

  return {
    settle(id, until) {
      const { promise, resolve: tell } = Promise.withResolvers<boolean>()
      waiting.push({ id, until, tell })
      telling ??= tellAll()
      return promise
    },
    async flush() {
      flushing = true
      wake?.()
      await telling
      flushing = false
    },
  }
}
