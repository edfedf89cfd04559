import type { Bouncy, Logger } from '@bouncy/core'
import { checkOptions, safeLogger, silentLogger } from '@bouncy/core/provider'
import * as z from 'zod/mini'
import type { SqsClient } from './queue.ts'

/** What `consumeSqs` takes. */
export interface SqsConsumerOptions {
  /** Takes each message as it would take a webhook. */
  readonly bouncy: Pick<Bouncy, 'receive'>
  /** An `SQSClient` of `@aws-sdk/client-sqs`; it stays yours to configure and to destroy. */
  readonly client: SqsClient
  readonly queueUrl: string
  /** The name of the `ses()` whose messages these are. @default 'ses' */
  readonly provider?: string
  /**
   * Whether to take what carries no signature: raw message delivery, EventBridge. Whoever can write to the queue can
   * then make up bounces, so its policy must let nobody write but your topic or rule. What SNS signed is verified
   * all the same. @default false: refused
   */
  readonly raw?: boolean
  /** Batches of up to ten messages that are worked on at the same time, 1 to 20. @default 1 */
  readonly concurrency?: number
  /**
   * How long a received message is hidden from other consumers, in seconds, 1 to 43,200. Renewed at half of it while
   * the message is worked on, so it only says how soon another consumer steps in for one that died. @default 60
   */
  readonly visibilityTimeoutSeconds?: number
  /** How long to wait for messages where there are none, in seconds, 1 to 20. @default 20 */
  readonly waitTimeSeconds?: number
  /**
   * How long a message is hidden that could not be stored or handled, in seconds, 1 to 900; twice as long each time it
   * is received again, and 900 at the most. @default 5
   */
  readonly retryDelaySeconds?: number
  /** Stops the consumer, like `stop()`. @default none */
  readonly signal?: AbortSignal
  /**
   * Told, by `code`, of `message-refused`, `message-retried`, `provider-missing` (no `ses()` of this name) and
   * `queue-failed`; never of what a message says. @default silent
   */
  readonly logger?: Logger
  /** Milliseconds since the epoch; for `healthy()` and `status()`. @default Date.now */
  readonly now?: () => number
}

/** The options with their defaults. */
export type SqsSettings = SqsConsumerOptions & Required<Omit<SqsConsumerOptions, 'signal'>>

/** @throws TypeError naming the option and the remedy */
export function readSettings(options: SqsConsumerOptions): SqsSettings {
  checkOptions('bouncy/ses', schema, options)
  return {
    ...options,
    provider: options.provider ?? 'ses',
    raw: options.raw ?? false,
    concurrency: options.concurrency ?? 1,
    visibilityTimeoutSeconds: options.visibilityTimeoutSeconds ?? 60,
    waitTimeSeconds: options.waitTimeSeconds ?? 20,
    retryDelaySeconds: options.retryDelaySeconds ?? 5,
    logger: safeLogger(options.logger ?? silentLogger),
    now: options.now ?? Date.now,
  }
}

const has = (methods: readonly string[], remedy: string) =>
  z.custom(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function'),
    remedy,
  )

const whole = (from: number, to: number) =>
  z.optional(
    z.custom(
      (value) => Number.isInteger(value) && (value as number) >= from && (value as number) <= to,
      `give a whole number from ${from} to ${to}`,
    ),
  )

const schema = z.strictObject(
  {
    bouncy: has(['receive'], 'give what createBouncy returned'),
    client: has(['send'], 'give an SQSClient of @aws-sdk/client-sqs'),
    queueUrl: z.custom(
      (value) => typeof value === 'string' && /^https?:\/\/./.test(value),
      'give the URL of the queue; is the environment variable set?',
    ),
    provider: z.optional(
      z.string('give the name of a ses()').check(z.minLength(1, 'give the name of a ses()')),
    ),
    raw: z.optional(z.boolean('give true or false')),
    concurrency: whole(1, 20),
    visibilityTimeoutSeconds: whole(1, 43_200),
    waitTimeSeconds: whole(1, 20),
    retryDelaySeconds: whole(1, 900),
    signal: z.optional(has(['addEventListener'], 'give the signal of an AbortController')),
    logger: z.optional(
      has(['debug', 'info', 'warn', 'error'], 'give debug, info, warn and error, as pino has them'),
    ),
    now: z.optional(
      z.custom(
        (value) => typeof value === 'function',
        'give a function that returns milliseconds since the epoch',
      ),
    ),
  },
  {
    error: ({ code, keys }: { readonly code?: string; readonly keys?: readonly string[] }) =>
      code === 'unrecognized_keys'
        ? `there is no option ${keys?.join(', ')}`
        : 'give { bouncy, client, queueUrl }',
  },
)
