import { LEAST_MEMORY_MS } from './retention.ts'
import type { BouncyOptions } from './types.ts'

/** What timers can hold. */
const LONGEST_TIMER = 2 ** 31 - 1

const KEYS: ReadonlySet<string> = new Set([
  'providers',
  'store',
  'policy',
  'logger',
  'now',
  'resolveRecipient',
  'dispatcher',
  'onNotice',
  'leaseMs',
  'retry',
  'sweepEveryMs',
  'retention',
  'peppers',
  'replyWithinMs',
  'maxInFlight',
  'bodyTimeoutMs',
  'maxBufferedBytes',
] satisfies (keyof BouncyOptions)[])

/** @throws TypeError naming the option and the remedy */
export function checkBouncyOptions(options: BouncyOptions): void {
  if (typeof options !== 'object' || options === null) throw mistake('options', 'give { providers, store }')
  for (const key of Object.keys(options)) if (!KEYS.has(key)) throw mistake(key, 'there is no such option')
  checkProviders(options.providers)
  checkMethods('store', options.store, STORE, "give one, such as sqliteStore('bouncy.db') or memoryStore()")
  if (options.policy !== undefined) {
    checkMethods(
      'policy',
      options.policy,
      ['decide'],
      'give an object with decide(event), such as suppressionPolicy()',
    )
  }
  if (options.logger !== undefined) {
    checkMethods(
      'logger',
      options.logger,
      ['debug', 'info', 'warn', 'error'],
      'give debug, info, warn and error',
    )
  }
  if (options.dispatcher !== undefined) {
    checkMethods(
      'dispatcher',
      options.dispatcher,
      ['dispatch', 'close'],
      'give what bullmqDispatcher() returned',
    )
    checkNumber('dispatcher.leaseMs', options.dispatcher.leaseMs ?? Number.NaN)
  }
  for (const key of ['now', 'resolveRecipient', 'onNotice'] as const) {
    if (options[key] !== undefined && typeof options[key] !== 'function')
      throw mistake(key, 'give a function')
  }
  checkNumbers(options)
}

const STORE = [
  'record',
  'settle',
  'claim',
  'findSuppressions',
  'suppressions',
  'events',
  'quarantined',
  'audit',
  'prune',
  'erase',
  'close',
]

function checkProviders(providers: BouncyOptions['providers']): void {
  if (!Array.isArray(providers) || providers.length === 0) {
    throw mistake('providers', 'give at least one, such as ses({ topicArns })')
  }
  const names = new Set<string>()
  for (const [index, provider] of providers.entries()) {
    checkMethods(
      `providers.${index}`,
      provider,
      ['verify', 'parse'],
      'give what a factory such as ses() returned',
    )
    const { name } = provider
    if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9_-]*$/.test(name)) {
      throw mistake('providers', 'a name is lower-case letters, digits, - and _; it stands in the URL')
    }
    if (names.has(name)) throw mistake('providers', `two are named ${name}; give one a name of its own`)
    names.add(name)
  }
}

function checkMethods(key: string, value: unknown, methods: readonly string[], remedy: string): void {
  const has = (method: string): boolean => typeof (value as Record<string, unknown>)[method] === 'function'
  if (typeof value !== 'object' || value === null || !methods.every(has)) throw mistake(key, remedy)
}

function checkNumbers(options: BouncyOptions): void {
  const {
    leaseMs,
    replyWithinMs,
    bodyTimeoutMs,
    sweepEveryMs,
    maxInFlight,
    maxBufferedBytes,
    retry,
    retention,
  } = options
  const timers = {
    leaseMs,
    replyWithinMs,
    bodyTimeoutMs,
    sweepEveryMs: sweepEveryMs === false ? undefined : sweepEveryMs,
  }
  for (const [key, value] of Object.entries(timers)) checkNumber(key, value, LONGEST_TIMER)
  for (const [key, value] of Object.entries({ maxInFlight, maxBufferedBytes })) checkNumber(key, value)
  for (const [key, value] of Object.entries(retry ?? {})) checkNumber(`retry.${key}`, value)
  // what is never past keeping may say so
  for (const [key, value] of Object.entries(retention ?? {})) {
    if (value !== Number.POSITIVE_INFINITY) checkNumber(`retention.${key}`, value)
  }
  if (retention?.eventsMs !== undefined && retention.eventsMs < LEAST_MEMORY_MS) {
    throw mistake('retention.eventsMs', 'give at least 30 days, in which senders may repeat an event')
  }
}

function checkNumber(key: string, value: unknown, most = Number.MAX_SAFE_INTEGER): void {
  if (value === undefined) return
  if (typeof value !== 'number' || !(value > 0) || value > most) {
    throw mistake(key, `give a number greater than 0 and not above ${most}`)
  }
}

const mistake = (key: string, remedy: string): TypeError => new TypeError(`[bouncy/core] ${key}: ${remedy}`)
