import type { Generated, Kysely, Transaction } from 'kysely'

/** Our tables as Kysely sees them; times are milliseconds since the epoch, `data` and `marks` are JSON as text. */
export interface Tables {
  readonly bouncy_events: EventRow
  readonly bouncy_waiting: WaitingRow
  readonly bouncy_addresses: AddressRow
  readonly bouncy_suppressions: SuppressionRow
  readonly bouncy_quarantined: QuarantinedRow
  readonly bouncy_audit: AuditRow
  readonly bouncy_tokens: TokenRow
  readonly bouncy_daily: DailyRow
}

/** The whole event is in `data`; the other columns are what is asked for. It never changes but where it is redacted. */
export interface EventRow {
  readonly id: string
  readonly provider: string
  readonly type: string
  /** The recipient's address key. */
  readonly address: string | null
  readonly message_id: string | null
  /** `event.timestamp`, which sorts as text. */
  readonly occurred_at: string
  readonly received_at: number
  /** 1 once its details were past keeping, else 0. */
  readonly redacted: number
  readonly data: string
}

/** What an event's handlers have to do still. There is a row while it is unsettled or dead; without one it is settled. */
export interface WaitingRow {
  readonly id: string
  /** This and the next as its event has them, to find it by. */
  readonly received_at: number
  readonly occurred_at: string
  /** Until when it is claimed; 0 where it is not. */
  readonly lease_until: number
  /** When it is tried again after a failure. */
  readonly retry_at: number
  readonly attempts: number
  /** 1 where it was given up, else 0. */
  readonly dead: number
}

/** What is known of an address. */
export interface AddressRow {
  readonly address: string
  readonly marks: string
  /** The day from which on nothing follows from the marks, or before; 0 where nobody has looked yet. */
  readonly spent_at: number
}

/** What follows from an address's marks, written anew whenever that changes. */
export interface SuppressionRow {
  readonly address: string
  /** Tells an address's suppressions apart and puts them in order: reason, then scope. */
  readonly place: string
  readonly reason: string
  readonly expires_at: number | null
  readonly data: string
}

export interface QuarantinedRow {
  readonly id: string
  readonly received_at: string
  readonly data: string
}

/** A change of the suppressions. */
export interface AuditRow {
  /** Counts up. */
  readonly seq: Generated<number>
  readonly address: string
  readonly changed_at: number
  /** All of the entry but address and time. */
  readonly data: string
}

export interface TokenRow {
  readonly id: string
  readonly binding: string
  readonly keep_until: number
}

/** A part of what a day had of one kind of events. */
export interface DailyRow {
  /** All of the others but the count, the day first. */
  readonly id: string
  readonly day: string
  readonly provider: string
  readonly type: string
  /** Empty where it is no bounce. */
  readonly bounce_type: string
  /** Of whom it is; 0 where several were put together. */
  readonly part: number
  readonly events: number
}

export type Database = Kysely<Tables>
export type Trx = Transaction<Tables>
