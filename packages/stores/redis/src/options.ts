import { isCluster, isPool, type RedisClient, tells } from './client.ts'

/** What a Redis store is told besides its client. */
export interface RedisStoreOptions {
  /** What all our keys begin with. A cluster needs a hash tag: `'{bouncy}:'`. @default 'bouncy:' */
  readonly prefix?: string
  /**
   * Nothing is acknowledged before the server has synced it to its append-only file (WAITAOF, Redis ≥ 7.2), whatever
   * `appendfsync` says. It holds up the connection, so give the store one of its own. @default false
   */
  readonly waitForAof?: boolean
  /** Nothing is acknowledged before so many replicas have it; with `waitForAof`, have synced it. @default 0 */
  readonly waitForReplicas?: number
  /** How long that may take before the write fails, in milliseconds. @default 5,000 */
  readonly waitMs?: number
}

/** The options with what they are by default. */
export type Settings = Required<RedisStoreOptions>

/** Checks options. @throws TypeError naming the option and the remedy */
export function settingsOf(client: RedisClient, options: RedisStoreOptions): Settings {
  const settings = { ...DEFAULTS, ...options }
  const { prefix, waitForAof, waitForReplicas, waitMs } = settings
  for (const key of Object.keys(options)) {
    if (!(key in DEFAULTS)) throw refusal(key, 'remove it; there is no such option')
  }
  if (typeof prefix !== 'string' || prefix === '') throw refusal('prefix', 'give a text that is not empty')
  if (typeof waitForAof !== 'boolean') throw refusal('waitForAof', 'give true or false')
  if (!isCount(waitForReplicas)) throw refusal('waitForReplicas', 'give a whole number, 0 or more')
  if (!isCount(waitMs) || waitMs === 0) throw refusal('waitMs', 'give a whole number of milliseconds')
  if (isCluster(client) && !/\{[^}]+\}/.test(prefix)) {
    throw refusal(
      'prefix',
      "give one with a hash tag, as '{bouncy}:', so that a cluster keeps all keys together",
    )
  }
  const waits = waitForAof || waitForReplicas > 0
  if (waits && (isCluster(client) || isPool(client))) {
    throw refusal(
      waitForAof ? 'waitForAof' : 'waitForReplicas',
      'give a client with one connection; those of a cluster or a pool cannot tell what another one wrote',
    )
  }
  if (waits && !tells(client)) {
    throw refusal(
      'client',
      'give one that has on and off, too: a new connection confirms what it never wrote',
    )
  }
  return settings
}

const DEFAULTS: Settings = { prefix: 'bouncy:', waitForAof: false, waitForReplicas: 0, waitMs: 5_000 }

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

const refusal = (key: string, remedy: string): TypeError => new TypeError(`[bouncy/redis] ${key}: ${remedy}`)
