import type { Settings } from './bouncy.ts'
import { errorFacts } from './logger.ts'

/** Work on what waits in the store: from time to time, and when somebody asks for it. */
export interface Sweep {
  /** From time to time from now on, never twice at once, with what is due. */
  start(): void
  /** At once, due or not. @returns what the work does */
  resume(): Promise<number>
  /** Begins no more; resolves when what is under way has ended. */
  stop(): Promise<void>
}

/** @param workOff does what is due by then, in steps; it begins no further step once `isOver` */
export function createSweep(
  workOff: (dueBy: number, isOver: () => boolean) => Promise<number>,
  { sweepEveryMs, logger, now }: Pick<Settings, 'sweepEveryMs' | 'logger' | 'now'>,
): Sweep {
  const underWay = new Set<Promise<unknown>>()
  let timer: ReturnType<typeof setInterval> | undefined
  let sweeping = false
  let over = false

  async function run(dueBy: number): Promise<number> {
    const working = workOff(dueBy, () => over)
    underWay.add(working)
    return working.finally(() => underWay.delete(working))
  }

  return {
    start() {
      if (sweepEveryMs === false || timer !== undefined) return
      timer = setInterval(() => {
        if (sweeping) return
        sweeping = true
        run(now())
          .catch((error: unknown) =>
            logger.error(errorFacts(error), 'the sweep failed; the next one will try again'),
          )
          .finally(() => {
            sweeping = false
          })
      }, sweepEveryMs)
      // a program that has nothing else to do may end; fetch runtimes have plain numbers for timers
      if (typeof timer === 'object') timer.unref?.()
    },
    resume: () => run(Number.MAX_SAFE_INTEGER),
    async stop() {
      over = true
      clearInterval(timer)
      await Promise.allSettled(underWay)
    },
  }
}
