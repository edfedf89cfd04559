import { setTimeout as sleep } from 'node:timers/promises'
import type { SqsSettings } from './options.ts'
import { describe, type Outcome, type Pulse } from './pulse.ts'
import type { Failures, Queue, QueueMessage } from './queue.ts'
import { take } from './take.ts'

/** Works on a received batch to the end; never rejects. @returns whether there was anything that need not come again */
export type Work = (messages: readonly QueueMessage[]) => Promise<boolean>

const LONGEST_RETRY_SECONDS = 900
/** Pauses between attempts to delete; what then is left comes again, and is known by its events' ids. */
const DELETE_PAUSES_MS = [200, 400, 800]

export function createWork(settings: SqsSettings, queue: Queue, pulse: Pulse): Work {
  const { logger, provider, visibilityTimeoutSeconds, retryDelaySeconds } = settings

  async function work(messages: readonly QueueMessage[]): Promise<boolean> {
    pulse.began(messages.length)
    const outcomes = await keepingHidden(messages, () =>
      Promise.all(
        messages.map(async (message) => {
          const outcome = await take(message, settings)
          pulse.finished(outcome)
          return [outcome, message] as const
        }),
      ),
    )
    const of = (wanted: Outcome): readonly QueueMessage[] =>
      outcomes.flatMap(([outcome, message]) => (outcome === wanted ? [message] : []))
    await Promise.all([remove(of('taken')), postpone(of('retried'))])
    return outcomes.some(([outcome]) => outcome !== 'retried')
  }

  /** Renews the visibility timeout until the work is done, and then no more: what is postponed must stay so. */
  async function keepingHidden<T>(messages: readonly QueueMessage[], run: () => Promise<T>): Promise<T> {
    const times = new Map(messages.map((message) => [message, visibilityTimeoutSeconds]))
    let renewing: Promise<void> | undefined
    const timer = setInterval(() => {
      renewing ??= hide(times).finally(() => {
        renewing = undefined
      })
    }, visibilityTimeoutSeconds * 500)
    try {
      return await run()
    } finally {
      clearInterval(timer)
      await renewing
    }
  }

  async function postpone(messages: readonly QueueMessage[]): Promise<void> {
    const seconds = ({ received }: QueueMessage): number =>
      Math.min(retryDelaySeconds * 2 ** Math.max(received - 1, 0), LONGEST_RETRY_SECONDS)
    if (messages.length > 0) await hide(new Map(messages.map((message) => [message, seconds(message)])))
  }

  async function hide(times: ReadonlyMap<QueueMessage, number>): Promise<void> {
    try {
      report(await queue.hide(times), 'the visibility timeout of a message could not be changed')
    } catch (error) {
      const facts = { code: 'queue-failed', provider, error: describe(error) }
      logger.warn(
        facts,
        'visibility timeouts could not be changed; the messages come again when they run out',
      )
    }
  }

  async function remove(messages: readonly QueueMessage[]): Promise<void> {
    let left = messages
    for (const pause of [0, ...DELETE_PAUSES_MS]) {
      if (left.length === 0) return
      if (pause > 0) await sleep(pause)
      left = await removeOnce(left)
    }
    for (const { id } of left) {
      logger.warn(
        { code: 'queue-failed', provider, id },
        'a stored message could not be deleted; it comes again',
      )
    }
  }

  /** @returns what is worth trying again */
  async function removeOnce(messages: readonly QueueMessage[]): Promise<readonly QueueMessage[]> {
    try {
      const failures = await queue.delete(messages)
      const isFinal = (message: QueueMessage): boolean => failures.get(message)?.final === true
      report(new Map([...failures].filter(([message]) => isFinal(message))), 'a stored message comes again')
      return [...failures.keys()].filter((message) => !isFinal(message))
    } catch (error) {
      logger.warn({ code: 'queue-failed', provider, error: describe(error) }, 'deleting failed')
      return messages
    }
  }

  function report(failures: Failures, sentence: string): void {
    for (const [{ id }, { code }] of failures)
      logger.warn({ code: 'queue-failed', provider, id, error: code }, sentence)
  }

  return work
}
