import { addressKey } from './address.ts'
import { checkBouncyOptions } from './check-bouncy-options.ts'
import { createFetch } from './fetch.ts'
import { createHandlers } from './handlers.ts'
import { createInbox } from './inbox.ts'
import { safeLogger, silentLogger } from './logger.ts'
import { suppressionPolicy } from './policy.ts'
import { createReceiver } from './receive.ts'
import { createSuppressionList } from './suppression-list.ts'
import type { Bouncy, BouncyOptions } from './types.ts'
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
  const settings = {
    ...options,
    policy: options.policy ?? suppressionPolicy(),
    logger: safeLogger(options.logger ?? silentLogger),
    now: options.now ?? Date.now,
    leaseMs: options.leaseMs ?? 60_000,
    replyWithinMs: options.replyWithinMs ?? 8_000,
    maxInFlight: options.maxInFlight ?? 4_096,
    bodyTimeoutMs: options.bodyTimeoutMs ?? 10_000,
    maxBufferedBytes: options.maxBufferedBytes ?? 64 * 1024 * 1024,
  }
  const { store } = settings
  const handlers = createHandlers(settings)
  const work = createWork(settings, handlers)
  const inbox = createInbox(settings, handlers, work)
  const receiver = createReceiver(settings, inbox)
  const list = createSuppressionList(settings)

  return {
    receive: receiver.receive,
    fetch: createFetch(receiver.receive, settings),
    on: handlers.on,
    isSuppressed: list.isSuppressed,
    filterRecipients: list.filterRecipients,
    suppress: list.suppress,
    unsuppress: list.unsuppress,
    suppressions: (query = {}) => store.suppressions({ ...query, now: settings.now() }),
    async events({ recipient, ...query } = {}) {
      if (recipient === undefined) return store.events(query)
      const key = addressKey(recipient)
      return key === undefined ? { items: [] } : store.events({ ...query, key })
    },
    quarantined: (query = {}) => store.quarantined(query),
    resume: work.resume,
    async close() {
      await receiver.drain()
      await store.close()
    },
  }
}

/** The options with their defaults. */
export type Settings = BouncyOptions & Required<Omit<BouncyOptions, 'onNotice' | 'resolveRecipient'>>
