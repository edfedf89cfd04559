/** What an author of a store needs: the interface, and the parts of it that are the same for every database. */
import type { MailEvent } from './events.ts'
import type { Mark } from './fold.ts'
import type { Page, PageQuery, Suppression, SuppressionQuery } from './suppression.ts'

export { decodeCursor, encodeCursor, pageLimit, toPage } from './cursor.ts'
export type { MailEvent } from './events.ts'
export { type Folded, foldMarks, type Mark } from './fold.ts'
export type { Page, PageQuery, Scope, Suppression, SuppressionQuery } from './suppression.ts'

/**
 * Keeps events and suppressions. A store knows nothing of providers or HTTP; `testStore` of `@bouncy/testkit` is its
 * definition. All times are milliseconds since the epoch and come from the caller.
 */
export interface Store {
  /**
   * One atomic step, durable when it resolves: inserts the events that are new (unique on `event.id`), folds the marks
   * of those new events and all marks without an event into their addresses (`foldMarks`), keeps the quarantined
   * (unique on id), and claims each event of the batch that is not settled and not claimed by somebody else.
   */
  record(batch: RecordBatch): Promise<RecordResult>
  /** Ends claims: `settled` events never run again; `failed` ones may be claimed at once. Unknown ids are ignored. */
  settle(outcomes: readonly SettleOutcome[]): Promise<void>
  /** Claims up to `limit` unsettled events that nobody holds, oldest receipt first. */
  claim(query: ClaimQuery): Promise<readonly ClaimedEvent[]>
  /** All suppressions of these address keys, expired ones included; any number of keys. */
  findSuppressions(keys: readonly string[]): Promise<readonly Suppression[]>
  /** Those not expired at `now`, ordered by address, reason and scope. */
  suppressions(query: SuppressionQuery & { readonly now: number }): Promise<Page<Suppression>>
  /** Newest first, by timestamp, then id. */
  events(query: StoredEventQuery): Promise<Page<MailEvent>>
  /** Newest receipt first. */
  quarantined(query: PageQuery): Promise<Page<Quarantined>>
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
  /** For each event of the batch, in its order. */
  readonly events: readonly RecordedEvent[]
}

/** What became of one event of a batch. */
export interface RecordedEvent {
  readonly id: string
  /**
   * `new`: inserted now, and claimed unless stored as settled · `again`: was there unsettled, claimed now ·
   * `busy`: unsettled, claimed by somebody else · `settled`: was there, done.
   */
  readonly state: 'new' | 'again' | 'busy' | 'settled'
  /** How often it has been claimed, this time included; 0 where it was not claimed. */
  readonly attempt: number
}

/** How an event's handlers went. */
export interface SettleOutcome {
  readonly id: string
  readonly outcome: 'settled' | 'failed'
}

/** Which events to claim. */
export interface ClaimQuery {
  readonly now: number
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
}

/** An `EventQuery` as the store sees it: the recipient as its address key. */
export interface StoredEventQuery extends Omit<EventQuery, 'recipient'> {
  readonly key?: string
}
