import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { NOW } from './batches.ts'

const DAY = 86_400_000
const DAYS = 90

/** The time before which so many events were received, of all that `fillPostgres` writes. */
export const keptUntil = (count: number, events: number): number =>
  NOW - DAYS * DAY + Math.ceil((count / events) * DAYS * DAY)

/** An address key of those that it writes. */
export const recipientOf = (index: number): string => `r${index}@example.com`

/** An id of a message, likewise. */
export const messageOf = (index: number): string =>
  `m-${createHash('md5').update(String(index)).digest('hex')}`

/**
 * Fills our tables as they are after three months: events of the last 90 days in the order of their receipt, those of
 * the last 30 with all that was reported, a fifth as many addresses, a hundredth as many suppressions. The tables are
 * not logged and get their indexes afterwards, which is what makes 10⁷ events a matter of minutes.
 */
export async function fillPostgres(pool: Pool, events: number): Promise<void> {
  const client = await pool.connect()
  const run = (sql: string): Promise<unknown> => client.query(sql)
  try {
    await run("set maintenance_work_mem = '1GB'")
    const tables = [
      'events',
      'waiting',
      'addresses',
      'suppressions',
      'quarantined',
      'audit',
      'tokens',
      'daily',
    ]
    for (const table of tables) await run(`alter table bouncy_${table} set unlogged`)
    const { rows: indexes } = await client.query<{ readonly indexname: string; readonly indexdef: string }>(
      `select indexname, indexdef from pg_indexes
       where tablename = 'bouncy_events' and schemaname = current_schema() and indexname <> 'bouncy_events_pkey'`,
    )
    for (const { indexname } of indexes) await run(`drop index ${indexname}`)
    for (const statement of statementsFor(events)) await run(statement)
    for (const { indexdef } of indexes) await run(indexdef)
    for (const table of tables) await run(`vacuum analyze bouncy_${table}`)
  } finally {
    client.release()
  }
}

/** ISO 8601 of milliseconds. */
const iso = (ms: string): string =>
  `to_char(to_timestamp((${ms}) / 1000.0) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

function statementsFor(events: number): readonly string[] {
  const some = (share: number): number => Math.max(40_000, Math.round(events / share))
  const addresses = Math.max(4_000, Math.round(events / 5))
  const received = `(${NOW - DAYS * DAY} + (n * ${(DAYS * DAY) / events})::bigint)`
  const address = (expression: string): string => `'r' || (${expression}) || '@example.com'`
  return [
    `insert into bouncy_events (id, provider, type, address, message_id, occurred_at, received_at, redacted, data)
     select 'toy_' || md5(n::text), case when n % 10 = 0 then 'other' else 'toy' end,
       case when n % 10 < 8 then 'delivery' when n % 10 = 8 then 'bounce' else 'open' end,
       ${address(`(n * 7919) % ${addresses}`)}, 'm-' || md5((n / 2)::text), ${iso(`${received} - 2000`)}, ${received}, old::integer,
       '{"id":"toy_' || md5(n::text) || '","provider":"toy","type":"delivery","recipient":"'
         || ${address(`(n * 7919) % ${addresses}`)} || '","timestamp":"' || ${iso(`${received} - 2000`)}
         || '","tags":[],"metadata":{},"raw":"' || repeat(md5(n::text), case when old then 1 else 25 end) || '"}'
     from generate_series(1::bigint, ${events}) as n, lateral (select n < ${events} * 2 / 3 as old) as age`,
    `insert into bouncy_waiting (id, received_at, occurred_at, lease_until, retry_at, attempts, dead)
     select 'toy_' || md5(n::text), ${received}, ${iso(`${received} - 2000`)}, 0, 0, 1, (n <= ${events} - 100)::integer
     from generate_series(1::bigint, ${events}) as n where n % 50 = 7 or n > ${events} - 100`,
    `insert into bouncy_addresses (address, marks, spent_at)
     select ${address('n')}, '[{"kind":"reset","at":' || ${NOW} - n || ',"ledger":"soft-bounce"}]',
       ${NOW - 60 * DAY} + (n % 180) * ${DAY}::bigint
     from generate_series(0::bigint, ${addresses} - 1) as n`,
    `insert into bouncy_suppressions (address, place, reason, expires_at, data)
     select ${address('n * 20')}, 'bounce', 'bounce', null,
       '{"address":"' || ${address('n * 20')} || '","reason":"bounce","since":"' || ${iso(`${NOW} - n`)} || '"}'
     from generate_series(0::bigint, ${some(100)} - 1) as n`,
    `insert into bouncy_audit (address, changed_at, data)
     select ${address('n * 20')}, ${NOW - DAYS * DAY} + (n * ${(DAYS * DAY) / some(100)})::bigint,
       '{"change":"suppressed","reason":"bounce"}'
     from generate_series(0::bigint, ${some(100)} - 1) as n`,
    `insert into bouncy_quarantined (id, received_at, data)
     select 'toy_' || md5(n::text), ${iso(`${NOW} - n * 1000`)}, '{"id":"toy_' || md5(n::text) || '","raw":[1]}'
     from generate_series(1::bigint, ${some(1000)}) as n`,
    `insert into bouncy_tokens (id, binding, keep_until)
     select md5(n::text), md5(n::text), ${NOW} + n * 1000 from generate_series(1::bigint, ${some(50)}) as n`,
    `insert into bouncy_daily (id, day, provider, type, bounce_type, part, events)
     select day || ' p' || n % 50 || ' bounce hard 0', day, 'p' || n % 50, 'bounce', 'hard', 0, 1
     from generate_series(0, 39999) as n, lateral (select (date '2024-08-24' + n / 50)::text as day) as days`,
  ]
}
