import type { Dispatcher } from './dispatcher.ts'
import type { EventOf, MailEvent } from './events.ts'
import type { Logger } from './logger.ts'
import type { Policy, Recipient } from './policy.ts'
import type { EventQuery, PruneReport, Quarantined, Store } from './store.ts'
import type {
  AuditEntry,
  AuditQuery,
  NewSuppression,
  Page,
  PageQuery,
  Scope,
  Suppression,
  SuppressionQuery,
} from './suppression.ts'
import type { Pepper } from './tombstone.ts'
import type { Notice, Provider, UnreadRequest, WebhookReply, WebhookRequest } from './webhook.ts'

/** What `createBouncy` takes. */
export interface BouncyOptions {
  /** One for each provider account; names must differ. */
  readonly providers: readonly Provider[]
  readonly store: Store
  /** @default suppressionPolicy() */
  readonly policy?: Policy
  /** @default silent */
  readonly logger?: Logger
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /**
   * Whose address an event concerns, for handlers (`context.recipient`) and for unsubscribes that stay within a tenant.
   * Called once for each new event, before it is stored; if it throws, the provider is asked to send again.
   * @default nobody is looked for
   */
  readonly resolveRecipient?: (event: MailEvent) => Recipient | undefined | Promise<Recipient | undefined>
  /**
   * Puts events into a queue whose workers run the handlers, so that a reply waits for the commit and no handler. All
   * processes on one store need the same, and workers all handlers: what nobody in a worker handles is done. The queue's
   * retries take the place of `retry`. @default handlers run in the process that received the event, before the reply
   */
  readonly dispatcher?: Dispatcher
  /** What an operator should hear of. */
  readonly onNotice?: (notice: Notice) => void
  /**
   * How long an unsettled event belongs to the process that runs its handlers, and how long these may take, in
   * milliseconds. @default 60,000
   */
  readonly leaseMs?: number
  /** When a handler that failed runs again, without the provider's help. */
  readonly retry?: RetryOptions
  /**
   * Looks for events whose handlers have to run (again) this often, in milliseconds; any number of processes may. `false`
   * leaves it to `resume()`. Begins with the first handler, and keeps no process alive. @default 30,000
   */
  readonly sweepEveryMs?: number | false
  /** How long things are kept; see `prune`. */
  readonly retention?: RetentionOptions
  /** For `erase`: the first makes new tombstones, the others are still looked up. @default none */
  readonly peppers?: readonly Pepper[]
  /** After this long a request is answered 503; its work goes on. Milliseconds. @default 7,500 */
  readonly replyWithinMs?: number
  /** Requests whose body is there and that are being decided on at once; more are answered 503. @default 4,096 */
  readonly maxInFlight?: number
  /** How long `fetch` waits for a body, in milliseconds; the bindings on `@bouncy/node` have this option themselves. @default 10,000 */
  readonly bodyTimeoutMs?: number
  /** Bytes of all bodies that `fetch` holds at once; what does not fit is answered 503. @default 64 MiB */
  readonly maxBufferedBytes?: number
}

/** Durations in milliseconds. */
export interface RetryOptions {
  /** After this many attempts an event is dead: listed by `events({ state: 'dead' })`, run again by `revive`. @default 12 */
  readonly attempts?: number
  /** From the first failure to the next attempt; doubled each time. @default 30,000 */
  readonly firstMs?: number
  /** The longest pause between two attempts. @default 3,600,000 (1 hour) */
  readonly maxMs?: number
}

/** Durations in milliseconds; `Infinity` keeps for ever. Suppressions are kept until they are lifted. */
export interface RetentionOptions {
  /** Subjects, headers, click URLs, IP addresses and the provider's own object. @default 7 days */
  readonly rawMs?: number
  /** Events, and with them the memory that they were received; at least 30 days. @default 90 days */
  readonly eventsMs?: number
  /** @default 90 days */
  readonly quarantinedMs?: number
  /** The trail of changes to the suppression list. @default 2 years */
  readonly auditMs?: number
}

/** What a handler is told besides the event. */
export interface HandlerContext {
  /** 1 for the first time this event's handlers run, then counting. */
  readonly attempt: number
  /** Whose address it is, where `resolveRecipient` found somebody. */
  readonly recipient?: Recipient
  /** Aborts when the event's lease (`leaseMs`) is over: it will run again, here or elsewhere. Hand it to `fetch` and the like. */
  readonly signal: AbortSignal
  /**
   * Begins a database transaction that also settles this event: what the handler writes through it happens exactly once.
   * It commits when all handlers of the event have succeeded, and is rolled back otherwise. Inside it, do not call
   * `bouncy`: on SQLite it would wait for itself.
   * @returns the store's own transaction object: of `@bouncy/sql` a Kysely `Transaction`
   * @throws Error where the store has no transactions
   */
  transaction(): Promise<unknown>
}

/** How one request is answered. */
export interface ReceiveOptions {
  /**
   * Whether the reply waits until the store knows that handlers have succeeded: for runtimes that stop when it is sent.
   * Else the store is told meanwhile, on the commit of what comes next. @default false
   */
  readonly untilSettled?: boolean
}

/** What a `Request` does not tell. */
export interface FetchOptions {
  /** The address of the peer, for providers that look at it. @default nothing is known */
  readonly remoteAddress?: string | undefined
  /** The exact bytes of the body, where something else has read it and kept them. @default the body is read here */
  readonly rawBody?: Uint8Array | Promise<Uint8Array> | undefined
}

/** Webhooks in, handlers called, and the suppression list. */
export interface Bouncy {
  /** Takes one request of a provider; total: never rejects. Bindings call this. */
  receive(
    provider: string,
    request: WebhookRequest | UnreadRequest,
    options?: ReceiveOptions,
  ): Promise<WebhookReply>
  /** The same for fetch runtimes; the last segment of the path names the provider. */
  fetch(request: Request, options?: FetchOptions): Promise<Response>
  /**
   * Runs `handler` for each stored event of a type, at least once (`event.id` is the idempotency key). If it throws,
   * the provider is asked to send again. Register before the first request.
   * @returns a function that removes it
   */
  on<T extends MailEvent['type'] | '*'>(
    type: T,
    handler: (event: EventOf<T>, context: HandlerContext) => unknown,
  ): () => void
  /** @throws TypeError what is no e-mail address */
  isSuppressed(address: string, scope?: Scope): Promise<boolean>
  /** Splits addresses, keeping their order and spelling. */
  filterRecipients(addresses: readonly string[], scope?: Scope): Promise<FilteredRecipients>
  /**
   * Suppresses by hand; several are stored in one commit, or none of them.
   * @throws TypeError what is no e-mail address, or an `expiresAt` or `since` that is no time
   */
  suppress(entry: NewSuppression | readonly NewSuppression[]): Promise<void>
  /**
   * Lifts what suppresses an address: everything, or what stands in one scope (`{}`: what is global).
   * @returns whether there was anything to lift
   */
  unsuppress(
    address: string,
    audit: { readonly actor: string; readonly note?: string; readonly scope?: Scope },
  ): Promise<boolean>
  suppressions(query?: SuppressionQuery): Promise<Page<Suppression>>
  /** Newest first. */
  events(query?: EventQuery): Promise<Page<MailEvent>>
  /** What was genuine but not understood, newest receipt first. */
  quarantined(query?: PageQuery): Promise<Page<Quarantined>>
  /** Every change of the suppression list, newest first. */
  audit(query?: AuditQuery): Promise<Page<AuditEntry>>
  /** Gives dead events all their attempts again; `resume()`, the sweep or the dispatcher's workers run them. */
  revive(ids: readonly string[]): Promise<void>
  /**
   * Removes the plaintext of an address from the store, for good; if it was suppressed it stays so, by a keyed digest,
   * which also takes the place of an `actor` that names it. A scope (`tenant`, `stream`) that names it stays as it is.
   * @throws TypeError what is no e-mail address, or no `peppers` configured
   */
  erase(address: string): Promise<void>
  /** Removes what is past its `retention`; call it once a day. */
  prune(): Promise<PruneReport>
  /**
   * Runs the handlers of what is recorded and not settled, without waiting for its next retry. With a
   * dispatcher it enqueues what has no job. @returns how many events were settled, or enqueued
   */
  resume(): Promise<number>
  /** Finishes what is in flight, answers 503 to what comes after, and closes the store. */
  close(): Promise<void>
}

/** Addresses, by whether they may be mailed. */
export interface FilteredRecipients {
  deliverable: string[]
  /** `address` is spelt as it was given; the gravest suppression of each. */
  suppressed: Suppression[]
  /** What is no e-mail address, and so can be on no list: do not mail it. */
  invalid: string[]
}
