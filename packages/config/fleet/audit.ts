import type { Pool } from 'pg'

/** What is in the database at the end. */
export interface Audit {
  readonly events: number
  /** Genuine events that are not there. */
  readonly lost: number
  /** Events of recipients about whom nothing genuine was sent. */
  readonly forged: number
  /** Events that are not settled. */
  readonly unsettled: number
  /** Effects in the ledger. */
  readonly effects: number
  /** Events without an effect. */
  readonly without: number
  /** Events with more than one. */
  readonly twice: number
  /** Effects of what is no stored event. */
  readonly stray: number
  readonly suppressions: number
  /** Effects that were brought about at a later attempt than the first: their worker had been killed. */
  readonly retried: number
}

/** Compares what was sent with what is there. @param events how many genuine ones were sent */
export async function audit(pool: Pool, events: number): Promise<Audit> {
  const { rows } = await pool.query(
    `with sent as (select 'r' || n || '@example.com' as recipient from generate_series(0, $1::int - 1) as n),
      stored as (select id, data::json ->> 'recipient' as recipient from bouncy_events),
      effects as (select event_id, count(*) as n from ledger group by event_id)
    select
      (select count(*) from stored) as events,
      (select count(*) from (select recipient from sent except select recipient from stored) as one) as lost,
      (select count(*) from (select recipient from stored except select recipient from sent) as one) as forged,
      (select count(*) from bouncy_waiting) as unsettled,
      (select count(*) from ledger) as effects,
      (select count(*) from (select id from stored except select event_id from effects) as one) as without,
      (select count(*) from effects where n > 1) as twice,
      (select count(*) from (select event_id from effects except select id from stored) as one) as stray,
      (select count(*) from bouncy_suppressions) as suppressions,
      (select count(*) from ledger where attempt > 1) as retried`,
    [events],
  )
  return Object.fromEntries(
    Object.entries(rows[0] as Record<keyof Audit, string>).map(([key, count]) => [key, Number(count)]),
  ) as unknown as Audit
}

/** What should not be. @returns a sentence for each; none if all is well */
export function faultsOf(
  found: Audit,
  sent: { readonly genuine: number; readonly admitted: number; readonly refused: number },
  suppressing: number,
): readonly string[] {
  const expected: readonly (readonly [label: string, is: number, due: number])[] = [
    ['stored events', found.events, sent.genuine],
    ['genuine events lost', found.lost, 0],
    ['forged events stored', found.forged, 0],
    ['forgeries answered 2xx', sent.admitted, 0],
    ['genuine posts answered 4xx', sent.refused, 0],
    ['events not settled', found.unsettled, 0],
    ['effects in the ledger', found.effects, sent.genuine],
    ['events without an effect', found.without, 0],
    ['events with more than one effect', found.twice, 0],
    ['effects of nothing stored', found.stray, 0],
    ['suppressions', found.suppressions, suppressing],
  ]
  return expected.flatMap(([label, is, due]) => (is === due ? [] : [`${label}: ${is} instead of ${due}`]))
}
