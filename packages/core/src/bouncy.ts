import { checkBouncyOptions } from './check-bouncy-options.ts'
import { createCustody } from './custody.ts'
import { createFetch } from './fetch.ts'
import { createHandlers } from './handlers.ts'
import { createInbox } from './inbox.ts'
import { type Logger, safeLogger, silentLogger } from './logger.ts'
import { type Policy, suppressionPolicy } from './policy.ts'
import { createQueuedWork } from './queued-work.ts'
import { createReceiver } from './receive.ts'
import { createSuppressionList } from './suppression-list.ts'
import { createTombstones } from './tombstone.ts'
import type { Bouncy, BouncyOptions, RetentionOptions, RetryOptions } from './types.ts'
import { createWork } from './work.ts'

/**
 * Puts providers, a store and a policy together: verified webhooks in, each event stored once, a suppression list out.
 *
 * @throws TypeError a missing or repeated provider, a missing store, a number out of range
 * @example
 * const bouncy = createBouncy({ providers: [ses({ topicArns })], store: sqliteStore('bouncy.db') })
 * bouncy.on('bounce', (bounce) => console.log(bounce.bounceType, bounce.recipient))
 */
export function createBouncy(options: BouncyOptions): Bouncy {
  checkBouncyOptions(options)
  const settings = withDefaults(options)
  const { store, now } = settings
  const handlers = createHandlers(settings)
  const { dispatcher } = settings
  const work =
    dispatcher === undefined
      ? createWork(settings, handlers)
      : createQueuedWork(settings, handlers, dispatcher)
  const inbox = createInbox(settings, handlers, work)
  const receiver = createReceiver(settings, inbox)
  const tombstones = createTombstones(options.peppers)
  const list = createSuppressionList(settings, tombstones)
  const custody = createCustody(settings, tombstones)

  return {
    receive: receiver.receive,
    fetch: createFetch(receiver.receive, settings),
    on(type, handler) {
      const off = handlers.on(type, handler)
      work.sweep()
      return off
    },
    isSuppressed: list.isSuppressed,
    filterRecipients: list.filterRecipients,
    suppress: list.suppress,
    unsuppress: list.unsuppress,
    suppressions: async (query = {}) => store.suppressions({ ...query, now: now() }),
    events: custody.events,
    quarantined: async (query = {}) => store.quarantined(query),
    audit: custody.audit,
    erase: custody.erase,
    prune: custody.prune,
    async revive(ids) {
      await store.settle(ids.map((id) => ({ id, outcome: 'revived' })))
      if (dispatcher !== undefined) await work.resume()
    },
    resume: work.resume,
    async close() {
      await Promise.all([receiver.drain(), work.stop()])
      await work.flush()
      // now nothing more has to go into the queue
      await dispatcher?.close()
      await store.close()
    },
  }
}

/** The options with their defaults. */
export interface Settings extends BouncyOptions {
  readonly policy: Policy
  readonly logger: Logger
  readonly now: () => number
  readonly leaseMs: number
  readonly retry: Required<RetryOptions>
  readonly sweepEveryMs: number | false
  readonly retention: Required<RetentionOptions>
  readonly replyWithinMs: number
  readonly maxInFlight: number
  readonly bodyTimeoutMs: number
  readonly maxBufferedBytes: number
}

const DAY = 86_400_000

function withDefaults(options: BouncyOptions): Settings {
  return {
    ...options,
    policy: options.policy ?? suppressionPolicy(),
    logger: safeLogger(options.logger ?? silentLogger),
    now: options.now ?? Date.now,
    leaseMs: options.leaseMs ?? 60_000,
    retry: { attempts: 12, firstMs: 30_000, maxMs: 3_600_000, ...options.retry },
    sweepEveryMs: options.sweepEveryMs ?? 30_000,
    retention: {
      rawMs: 7 * DAY,
      eventsMs: 90 * DAY,
      quarantinedMs: 90 * DAY,
      auditMs: 730 * DAY,
      ...options.retention,
    },
    replyWithinMs: options.replyWithinMs ?? 7_500,
    maxInFlight: options.maxInFlight ?? 4_096,
    bodyTimeoutMs: options.bodyTimeoutMs ?? 10_000,
    maxBufferedBytes: options.maxBufferedBytes ?? 64 * 1024 * 1024,
  }
}
