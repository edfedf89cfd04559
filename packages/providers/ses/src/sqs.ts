import { readSettings, type SqsConsumerOptions } from './sqs/options.ts'
import { poll } from './sqs/poll.ts'
import { createPulse, type SqsStatus } from './sqs/pulse.ts'
import { openQueue } from './sqs/queue.ts'
import { createWork } from './sqs/work.ts'

export type { SqsConsumerOptions } from './sqs/options.ts'
export type { SqsStatus } from './sqs/pulse.ts'
export type { SqsClient } from './sqs/queue.ts'

/** A running consumer. */
export interface SqsConsumer {
  /** For a health probe: whether it runs and the queue has answered within `waitTimeSeconds` and a minute. */
  healthy(): boolean
  /** For metrics, and for whoever asks why it is not healthy. */
  status(): SqsStatus
  /**
   * Gives up waiting for messages, finishes those that are being worked on, and resolves. Call it before
   * `bouncy.close()`. A message that the queue hands out at this very moment comes again after its visibility timeout.
   */
  stop(): Promise<void>
}

/**
 * Takes what SES publishes from a queue of Amazon SQS: through SNS, signed, or, with `raw`, unsigned from SNS with raw
 * message delivery or from EventBridge. Each message goes the way of a webhook, so handlers, policy and store are the same.
 *
 * A message is deleted when `bouncy` has stored it for good (2xx). What could not be stored (503) is hidden for a while,
 * longer each time; what is refused (4xx) is left as it is, so that the queue's redrive policy moves it away.
 *
 * @throws TypeError a missing client or queue, a number out of range, an unknown option
 * @example
 * const consumer = consumeSqs({ bouncy, client: new SQSClient({}), queueUrl })
 * process.once('SIGTERM', () => consumer.stop().then(() => bouncy.close()))
 */
export function consumeSqs(options: SqsConsumerOptions): SqsConsumer {
  const settings = readSettings(options)
  const { signal, concurrency } = settings
  const stopping = new AbortController()
  const pulse = createPulse(settings, stopping.signal)
  const queue = openQueue(settings, pulse)
  const work = createWork(settings, queue, pulse)

  const stop = (): Promise<void> => {
    signal?.removeEventListener('abort', stop)
    stopping.abort()
    return ended
  }
  signal?.addEventListener('abort', stop)
  if (signal?.aborted) stopping.abort()

  const pollers = Array.from({ length: concurrency }, () => poll(queue, work, settings, stopping.signal))
  const ended = Promise.all(pollers).then(() => {})

  return { healthy: pulse.healthy, status: pulse.status, stop }
}
