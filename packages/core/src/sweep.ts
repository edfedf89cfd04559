import type { Settings } from './bouncy.ts'
import { errorFacts } from './logger.ts'

/** Something that is done from time to time, never twice at once. */
export interface Sweep {
  start(): void
  /** Resolves when the one that is under way has ended. */
  stop(): Promise<void>
}

export function createSweep(
  once: () => Promise<unknown>,
  { sweepEveryMs, logger }: Pick<Settings, 'sweepEveryMs' | 'logger'>,
): Sweep {
  let timer: ReturnType<typeof setInterval> | undefined
  let sweeping: Promise<unknown> | undefined

  return {
    start() {
      if (sweepEveryMs === false || timer !== undefined) return
      timer = setInterval(() => {
        sweeping ??= once()
          .catch((error: unknown) =>
            logger.error(errorFacts(error), 'the sweep failed; the next one will try again'),
          )
          .finally(() => {
            sweeping = undefined
          })
      }, sweepEveryMs)
      // a program that has nothing else to do may end; fetch runtimes have plain numbers for timers
      if (typeof timer === 'object') timer.unref?.()
    },
    async stop() {
      clearInterval(timer)
      await sweeping
    },
  }
}
