import type { MailEvent, RecordResult } from '@bouncy/core/store'
import type { Access } from './access.ts'
import type { Dialect } from './dialect.ts'
import type { Recording } from './record.ts'
import { deleteRows } from './remove.ts'
import { slices } from './slices.ts'
import { endStep, inSteps, STEP, type Step } from './steps.ts'
import type { DailyRow, Database, Trx } from './tables.ts'

/** Which days to count: UTC, `YYYY-MM-DD`, the last one included. */
export interface DailyQuery {
  readonly from: string
  readonly to: string
}

/** How many events of one kind a day had. */
export interface DailyCount {
  /** UTC, of `event.timestamp`. */
  readonly day: string
  readonly provider: string
  readonly type: MailEvent['type']
  /** Of bounces only. */
  readonly bounceType?: Extract<MailEvent, { type: 'bounce' }>['bounceType']
  readonly events: number
}

/** Commits that add to the same rows. */
const COMMITS = 1_000

/**
 * Counts what was new, in the commit that stores it. Each process adds to rows of its own, its part of a day, so that
 * nobody waits for anybody; after a thousand commits it begins new ones, so that no row has more versions than that
 * where a long transaction of somebody else's keeps PostgreSQL from clearing them away.
 */
export function dailyCounter(
  dialect: Dialect,
): (trx: Trx, recordings: readonly Recording[], results: readonly RecordResult[]) => Promise<void> {
  let part = 0
  let commits = 0
  return async (trx, recordings, results) => {
    if (commits % COMMITS === 0) part = 1 + Math.floor(Math.random() * (2 ** 31 - 1))
    commits += 1
    await add(
      trx,
      dialect,
      newEvents(recordings, results).map((event) => toRow(event, part)),
    )
  }
}

/** Ordered by day, provider and type. @throws TypeError what is no day */
export async function countDays(db: Database, { from, to }: DailyQuery): Promise<readonly DailyCount[]> {
  checkDay('from', from)
  checkDay('to', to)
  const kind = ['day', 'provider', 'type', 'bounce_type'] as const
  const rows = await db
    .selectFrom('bouncy_daily')
    .select(kind)
    .select(({ fn }) => fn.sum('events').as('events'))
    // ids begin with the day and a space
    .where('id', '>=', from)
    .where('id', '<', `${to}!`)
    .groupBy(kind)
    .orderBy('day')
    .orderBy('provider')
    .orderBy('type')
    .orderBy('bounce_type')
    .execute()
  return rows.map(({ day, provider, type, bounce_type, events }) => ({
    day,
    provider,
    type: type as MailEvent['type'],
    ...(bounce_type === '' ? {} : { bounceType: bounce_type as DailyCount['bounceType'] & string }),
    events: Number(events),
  }))
}

/** Makes one row of the parts of each kind, of days that are over. */
export async function mergeParts(access: Access, dialect: Dialect, now: number): Promise<void> {
  const today = new Date(now).toISOString().slice(0, 10)
  await inSteps(access, (trx) => mergeSome(trx, dialect, today))
}

async function mergeSome(trx: Trx, dialect: Dialect, today: string): Promise<Step> {
  const parts = trx
    .selectFrom('bouncy_daily')
    .selectAll()
    .where('part', '>', 0)
    .where('id', '<', today)
    .orderBy('part')
    .orderBy('id')
    .limit(STEP)
  const rows = await dialect.holdFree(parts).execute()
  await deleteRows(
    trx,
    'bouncy_daily',
    rows.map((row) => row.id),
  )
  await add(
    trx,
    dialect,
    rows.map((row) => ({ ...row, ...keyOf(row, 0), events: Number(row.events) })),
  )
  return endStep(rows, rows.length, (row) => [row.part, row.id])
}

/** Adds to what was counted, in one order everywhere, so that no two transactions wait for each other. */
async function add(trx: Trx, dialect: Dialect, counts: readonly DailyRow[]): Promise<void> {
  const sums = [...Map.groupBy(counts, ({ id }) => id).values()].flatMap((same) => {
    const events = same.reduce((sum, one) => sum + one.events, 0)
    return same.slice(0, 1).map((one) => ({ ...one, events }))
  })
  const rows = sums.sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const some of slices(rows, dialect)) await dialect.addDaily(trx, some)
}

function newEvents(recordings: readonly Recording[], results: readonly RecordResult[]): readonly MailEvent[] {
  return recordings.flatMap(({ batch }, index) => {
    const recorded = results[index]?.events ?? []
    return batch.events.filter((_, place) => recorded[place]?.state === 'new').map(({ event }) => event)
  })
}

function toRow(event: MailEvent, part: number): DailyRow {
  const kind = {
    day: event.timestamp.slice(0, 10),
    provider: event.provider,
    type: event.type,
    bounce_type: event.type === 'bounce' ? event.bounceType : '',
  }
  return { ...kind, ...keyOf(kind, part), events: 1 }
}

const keyOf = (
  { day, provider, type, bounce_type }: Omit<DailyRow, 'id' | 'part' | 'events'>,
  part: number,
): Pick<DailyRow, 'id' | 'part'> => ({ id: `${day} ${provider} ${type} ${bounce_type} ${part}`, part })

function checkDay(name: string, day: string): void {
  if (typeof day === 'string' && /^\d{4}-\d\d-\d\d$/.test(day)) return
  throw new TypeError(`[bouncy/sql] ${name}: give a day as '2026-11-01'`)
}
