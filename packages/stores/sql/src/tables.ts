import type { Kysely, Transaction } from 'kysely'

/** Our tables as Kysely sees them; times are milliseconds since the epoch, `data` and `marks` are JSON as text. */
export interface Tables {
  readonly bouncy_events: EventRow
  readonly bouncy_addresses: AddressRow
  readonly bouncy_suppressions: SuppressionRow
  readonly bouncy_quarantined: QuarantinedRow
}

/** The whole event is in `data`; the other columns are what is asked for, and how far its handlers have come. */
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
  /** 1 or 0: not every database knows truth values. */
  readonly settled: number
  /** Until when it is claimed. */
  readonly lease_until: number
  readonly attempts: number
  readonly data: string
}

/** What is known of an address. */
export interface AddressRow {
  readonly address: string
  readonly marks: string
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

export type Database = Kysely<Tables>
export type Trx = Transaction<Tables>
