/** What an author of a store needs: the interface, and the parts of it that are the same for every database. */
import type { MailEvent } from './events.ts'
import type { Mark } from './fold.ts'
import type { AuditEntry, AuditQuery, Page, PageQuery, Suppression, SuppressionQuery } from './suppression.ts'

export { decodeCursor, encodeCursor, pageLimit, toPage } from './cursor.ts'
export type { MailEvent } from './events.ts'
export { type Added, type Folded, foldMarks, type Mark, spentAt } from './fold.ts'
export type { Change, Keeper, Kept } from './indexed/keeper.ts'
export { indexedStore } from './indexed-store.ts'
export type {
  AuditEntry,
  AuditQuery,
  Page,
  PageQuery,
  Scope,
  Suppression,
  SuppressionQuery,
} from './suppression.ts'
export { withoutName, withoutNote } from './words.ts'

/**
 * Keeps events and suppressions. A store knows nothing of providers or HTTP; `testStore` of `@bouncy/testkit` is its
 * definition. All times are milliseconds since the epoch and come from the caller.
 */
export interface Store {
  /**
   * One atomic step, durable when it resolves: spends the tokens, inserts the events that are new (unique on
   * `event.id`), folds the marks of those new events and all marks without an event into their addresses (`foldMarks`)
   * and keeps what that changed for `audit`, keeps the quarantined (unique on id), and claims each event of the batch
   * that is neither settled nor dead nor claimed by somebody else. Where a token was spent on something else, nothing
   * of the batch is stored.
   */
  record(batch: RecordBatch): Promise<RecordResult>
  /** Ends claims. Unknown ids are ignored, and so are outcomes of events that are settled. */
  settle(outcomes: readonly SettleOutcome[]): Promise<void>
  /** Claims up to `limit` events that are unsettled, held by nobody at `now` and due, oldest receipt first. */
  claim(query: ClaimQuery): Promise<readonly ClaimedEvent[]>
  /**
   * Runs `work` in a transaction that also settles the event, if it is claimed still: both happen, or neither. Absent
   * where the database has no transactions that others can write through.
   * @param work is given the database's own transaction object
   */
  settleWith?(id: string, work: (transaction: unknown) => Promise<void>): Promise<void>
  /** All suppressions of these address keys, expired ones included; any number of keys. */
  findSuppressions(keys: readonly string[]): Promise<readonly Suppression[]>
  /** Those not expired at `now`, ordered by address, reason and scope. */
  suppressions(query: SuppressionQuery & { readonly now: number }): Promise<Page<Suppression>>
  /** Newest first, by timestamp, then id. */
  events(query: StoredEventQuery): Promise<Page<MailEvent>>
  /** Newest receipt first. */
  quarantined(query: PageQuery): Promise<Page<Quarantined>>
  /** Newest first; of one address key, or all. */
  audit(query: AuditQuery): Promise<Page<AuditEntry>>
  /** Removes what is past keeping, in steps that do not hold others up. */
  prune(limits: PruneLimits): Promise<PruneReport>
  /**
   * Leaves no plaintext of an address: its own events are replaced by what `anonymise` makes of them and go over to the
   * tombstone, events of others that hold a spelling are replaced by what `redact` makes of them, quarantined payloads
   * that hold one are deleted, and its marks, suppressions and audit entries go over to the tombstone (`withoutNote`).
   * From those of others goes what names it (`withoutName`).
   */
  erase(erasure: Erasure): Promise<void>
  /** Releases what the store itself opened. */
  close(): Promise<void>
}

/** What is to be stored in one step. */
export interface RecordBatch {
  readonly now: number
  /** Until when events claimed by this call belong to the caller. */
  readonly leaseUntil: number
  /** No id twice. */
  readonly events: readonly NewEvent[]
  readonly marks: readonly NewMark[]
  readonly quarantined: readonly Quarantined[]
  readonly tokens: readonly Token[]
}

/** Something signed that a sender may use for one body only, however often it sends that. */
export interface Token {
  readonly id: string
  /** What it was used for: a digest of the body. */
  readonly binding: string
  /** It need not be remembered any longer. */
  readonly until: number
}

/** An event to be stored, if it is not there yet. */
export interface NewEvent {
  readonly event: MailEvent
  /** The recipient's address key; none where the recipient is no address. */
  readonly key?: string
  /** Nobody handles this type: settled as it is inserted. */
  readonly settled: boolean
}

/** Something to be known of an address from now on. */
export interface NewMark {
  /** The address key it concerns. */
  readonly key: string
  /** Applies only if this event is new; applies always where there is none. */
  readonly eventId?: string
  readonly mark: Mark
}

/** Genuine, not understood, kept for replay. */
export interface Quarantined {
  /** Same payload, same id. */
  readonly id: string
  readonly provider: string
  readonly reason: string
  /** ISO 8601, UTC, milliseconds. */
  readonly receivedAt: string
  readonly raw: unknown
}

/** What became of a batch. */
export interface RecordResult {
  /** For each event of the batch, in its order; empty where `tokenReused`. */
  readonly events: readonly RecordedEvent[]
  /** A token was spent on another binding before: nothing of this batch was stored. */
  readonly tokenReused: boolean
}

/** What became of one event of a batch. */
export interface RecordedEvent {
  readonly id: string
  /**
   * `new`: inserted now, and claimed unless stored as settled · `again`: was there unsettled, claimed now ·
   * `busy`: unsettled, claimed by somebody else · `settled`: was there, done · `dead`: was there, given up.
   */
  readonly state: 'new' | 'again' | 'busy' | 'settled' | 'dead'
  /** How often it has been claimed since it was new or revived, this time included; 0 where it was not claimed. */
  readonly attempt: number
}

/** How an event's handlers went. */
export interface SettleOutcome {
  readonly id: string
  /**
   * `settled`: never runs again · `failed`: `record` may claim it at once, `claim` from `retryAt` on · `dead`: waits for
   * somebody to revive it · `revived`: what is dead is as if it had never been tried, and nobody's claim ends.
   */
  readonly outcome: 'settled' | 'failed' | 'dead' | 'revived'
  /** @default 0, at once */
  readonly retryAt?: number
}

/** Which events to claim. */
export interface ClaimQuery {
  readonly now: number
  /** Failed events are due whose `retryAt` is not after this. */
  readonly dueBy: number
  readonly leaseUntil: number
  readonly limit: number
}

/** An event that belongs to the caller until its lease is over. */
export interface ClaimedEvent {
  readonly event: MailEvent
  readonly attempt: number
}

/** Which events to list. */
export interface EventQuery extends PageQuery {
  readonly type?: MailEvent['type']
  readonly provider?: string
  readonly recipient?: string
  readonly messageId?: string
  /** How far their handlers have come. `unsettled` are those that will be tried (again). */
  readonly state?: 'settled' | 'unsettled' | 'dead'
}

/** An `EventQuery` as the store sees it: the recipient as its address key. */
export interface StoredEventQuery extends Omit<EventQuery, 'recipient'> {
  readonly key?: string
}

/** Received before these times is past keeping. */
export interface PruneLimits {
  readonly now: number
  /** Events are redacted. */
  readonly rawBefore: number
  /** Settled events are deleted, and with them the memory that they were there. */
  readonly eventsBefore: number
  readonly quarantinedBefore: number
  /** Addresses from whose marks nothing follows any more (`spentAt`) are forgotten. */
  readonly addressesBefore: number
  readonly auditBefore: number
  /** What is left of an event when its details are past keeping. */
  redact(event: MailEvent): MailEvent
}

/** How much was removed. */
export interface PruneReport {
  readonly redacted: number
  readonly events: number
  readonly quarantined: number
  readonly addresses: number
  readonly audit: number
  readonly tokens: number
}

/** What to forget, and what stands in its place. */
export interface Erasure {
  readonly key: string
  /** Spellings of the address to look for in stored payloads, in lower case; they are compared without case. */
  readonly spellings: readonly string[]
  /** Takes the place of the key. */
  readonly tombstone: string
  anonymise(event: MailEvent): MailEvent
  redact(event: MailEvent): MailEvent
}
