import type { MailEvent } from '@bouncy/core'
import type { BackoffOptions, ConnectionOptions, RateLimiterOptions } from 'bullmq'

/** Where the queue is, and how it is worked off. What has a name of BullMQ's means what it means there. */
export interface BullmqDispatcherOptions {
  /**
   * A client, such as `new Redis(url, { maxRetriesPerRequest: null })` of `ioredis`, which stays yours: `bouncy.close()`
   * does not close it. Or BullMQ's connection options.
   */
  readonly connection: ConnectionOptions
  /** @default 'bouncy' */
  readonly queueName?: string
  /** What all keys of the queue begin with; a cluster needs a hash tag, `'{bull}'`. @default 'bull' */
  readonly prefix?: string
  /** Whether this process works jobs off, from its first `bouncy.on(…)` on; `false`: it only enqueues. @default true */
  readonly work?: boolean
  /** Only these are enqueued; all others are settled as they are stored. @default all types */
  readonly types?: readonly MailEvent['type'][]
  /** Jobs that this process works on at the same time. @default 10 */
  readonly concurrency?: number
  /** So many jobs in so many milliseconds, over all workers. @default no limit */
  readonly limiter?: RateLimiterOptions
  /** So often a job is started at the most, crashes of its worker included; then its event is dead. @default 12 */
  readonly attempts?: number
  /** The pause before the next attempt. @default { type: 'exponential', delay: 30_000 } */
  readonly backoff?: BackoffOptions
  /** A worker that has not been heard of for so long has lost its jobs to others. Milliseconds. @default 30,000 */
  readonly lockDuration?: number
  /** How often workers look for such jobs. Milliseconds. @default 30,000 */
  readonly stalledInterval?: number
  /** How many dead jobs the queue keeps, without their events' contents; the store keeps all of them. @default 1,000 */
  readonly keepDead?: number
  /** How long a reply waits for Redis; then the sweep will enqueue the event. Milliseconds. @default 2,000 */
  readonly enqueueWithinMs?: number
  /** An event that is unsettled for so long is enqueued once more, in case Redis lost its job. Milliseconds. @default 900,000 (15 min) */
  readonly enqueueAgainAfterMs?: number
}

/** The options with what they are by default. */
export type Settings = BullmqDispatcherOptions & Required<Omit<BullmqDispatcherOptions, 'limiter' | 'types'>>

/** Checks options. @throws TypeError naming the option and the remedy, never the value */
export function settingsOf(options: BullmqDispatcherOptions): Settings {
  if (typeof options !== 'object' || options === null) throw refusal('options', 'give { connection }')
  for (const key of Object.keys(options)) {
    if (!KEYS.has(key)) throw refusal(key, 'remove it; there is no such option')
  }
  const settings = { ...DEFAULTS, ...options }
  const { connection, work, types, limiter, backoff } = settings
  if (typeof connection !== 'object' || connection === null) {
    throw refusal('connection', 'give a client, such as new Redis(url, { maxRetriesPerRequest: null })')
  }
  if (typeof work !== 'boolean') throw refusal('work', 'give true or false')
  const { options: client } = connection as { readonly options?: { readonly maxRetriesPerRequest?: unknown } }
  if (work && typeof client?.maxRetriesPerRequest === 'number') {
    throw refusal('connection', 'make the client with maxRetriesPerRequest: null; BullMQ asks for it')
  }
  for (const key of ['queueName', 'prefix'] as const) {
    if (typeof settings[key] !== 'string' || !/^[^:]+$/.test(settings[key])) {
      throw refusal(key, 'give a text without colons')
    }
  }
  if (types !== undefined && (!Array.isArray(types) || types.length === 0)) {
    throw refusal('types', "give at least one, such as ['bounce', 'complaint'], or leave it out for all")
  }
  for (const key of NUMBERS) checkCount(key, settings[key])
  checkCount('keepDead', settings.keepDead, 0)
  if (limiter !== undefined) {
    checkCount('limiter.max', limiter?.max)
    checkCount('limiter.duration', limiter?.duration)
  }
  if (backoff?.type !== 'fixed' && backoff?.type !== 'exponential') {
    throw refusal('backoff.type', "give 'fixed' or 'exponential'")
  }
  checkCount('backoff.delay', backoff.delay)
  return settings
}

const DEFAULTS = {
  queueName: 'bouncy',
  prefix: 'bull',
  work: true,
  concurrency: 10,
  attempts: 12,
  backoff: { type: 'exponential', delay: 30_000 },
  lockDuration: 30_000,
  stalledInterval: 30_000,
  keepDead: 1_000,
  enqueueWithinMs: 2_000,
  enqueueAgainAfterMs: 900_000,
} satisfies Partial<Settings>

const NUMBERS = [
  'concurrency',
  'attempts',
  'lockDuration',
  'stalledInterval',
  'enqueueWithinMs',
  'enqueueAgainAfterMs',
] as const

const KEYS: ReadonlySet<string> = new Set([...Object.keys(DEFAULTS), 'connection', 'types', 'limiter'])
/** What timers can hold. */
const MOST = 2 ** 31 - 1

function checkCount(key: string, value: unknown, least = 1): void {
  if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > MOST) {
    throw refusal(key, `give a whole number from ${least} to ${MOST}`)
  }
}

const refusal = (key: string, remedy: string): TypeError => new TypeError(`[bouncy/bullmq] ${key}: ${remedy}`)
