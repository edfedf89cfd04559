import { setTimeout as sleep } from 'node:timers/promises'
import type { SqsSettings } from './options.ts'
import { describe } from './pulse.ts'
import type { Queue } from './queue.ts'
import type { Work } from './work.ts'

/**
 * Receives and works on one batch after the other until told to stop, then resolves; no error ends it. It slows down
 * while the queue fails, and while nothing of what it receives can be stored: each receipt counts towards the dead-letter
 * queue, where a database that is down for a minute should not send anything.
 */
export async function poll(
  queue: Queue,
  work: Work,
  { logger, provider }: Pick<SqsSettings, 'logger' | 'provider'>,
  stop: AbortSignal,
): Promise<void> {
  let inVain = 0
  while (!stop.aborted) {
    try {
      const messages = await queue.receive(stop)
      inVain = messages.length === 0 || (await work(messages)) ? 0 : inVain + 1
    } catch (error) {
      if (stop.aborted) break
      inVain += 1
      const facts = { code: 'queue-failed', provider, error: describe(error) }
      logger.error(facts, 'the queue cannot be read; trying again')
    }
    if (inVain > 0) await sleep(pauseMs(inVain), undefined, { signal: stop }).catch(() => {})
  }
}

const pauseMs = (inVain: number): number => Math.min(500 * 2 ** inVain, 30_000)
