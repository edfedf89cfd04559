import type { RecordBatch, RecordedEvent, RecordResult } from '@bouncy/core/store'
import { foldInto, type Run } from './addresses.ts'
import type { Dialect } from './dialect.ts'
import { toEventRow } from './event-rows.ts'
import { indexable } from './indexable.ts'
import { slices } from './slices.ts'
import { type EventRow, type QuarantinedRow, STANDING, type TokenRow, type Trx } from './tables.ts'
import { refusedTokens } from './tokens.ts'

/** A batch as it will be stored; what cannot be stored has failed by then, alone. */
export interface Recording {
  readonly batch: RecordBatch
  readonly events: readonly EventRow[]
  readonly quarantined: readonly QuarantinedRow[]
  readonly tokens: readonly TokenRow[]
}

/** Turns a batch into rows. @throws TypeError what is no plain JSON */
export function toRecording(batch: RecordBatch): Recording {
  return {
    batch,
    events: batch.events.map((one) => toEventRow(one, batch)),
    quarantined: batch.quarantined.map((item) => ({
      id: item.id,
      received_at: item.receivedAt,
      data: JSON.stringify(item),
    })),
    tokens: batch.tokens.map((token) => ({
      id: indexable(token.id),
      binding: indexable(token.binding),
      keep_until: Math.ceil(token.until),
    })),
  }
}

/** Stores batches in one transaction, as if one after the other. @returns the result of each */
export async function recordAll(
  trx: Trx,
  dialect: Dialect,
  recordings: readonly Recording[],
): Promise<readonly RecordResult[]> {
  const refused = await refusedTokens(
    trx,
    dialect,
    recordings.map((one) => one.tokens),
  )
  const taken = recordings.filter((_, index) => !refused.has(index))
  const known = await insertEvents(trx, dialect, taken)
  const results = recordings.map((recording, index) =>
    refused.has(index)
      ? { events: [], tokenReused: true }
      : {
          events: recording.events.map((row) => standingOf(row, recording.batch, known)),
          tokenReused: false,
        },
  )
  await writeClaims(trx, known)
  await foldInto(
    trx,
    dialect,
    runsOf(
      taken,
      results.filter((_, index) => !refused.has(index)),
    ),
  )
  for (const rows of slices(byId(taken.flatMap((one) => one.quarantined)), dialect)) {
    await dialect.insertNew(trx, 'bouncy_quarantined', rows)
  }
  return results
}

/** How far an event has come that was there before it was recorded once more. */
interface Standing {
  readonly settled: number
  leaseUntil: number
  attempts: number
  claimed: boolean
}
type Known = Map<string, Standing>

async function insertEvents(trx: Trx, dialect: Dialect, recordings: readonly Recording[]): Promise<Known> {
  const rows = byId(recordings.flatMap((one) => one.events))
  const there = new Set(rows.map((row) => row.id))
  for (const some of slices(rows, dialect)) {
    for (const id of await dialect.insertNew(trx, 'bouncy_events', some)) there.delete(id)
  }
  const known: Known = new Map()
  for (const ids of slices([...there], dialect)) {
    const query = trx
      .selectFrom('bouncy_events')
      .select(['id', 'settled', 'lease_until', 'attempts'])
      .where('id', 'in', ids)
      .orderBy('id')
    for (const row of await dialect.hold(query).execute()) known.set(row.id, toStanding(row))
  }
  return known
}

function standingOf(row: EventRow, { now, leaseUntil }: RecordBatch, known: Known): RecordedEvent {
  const { id } = row
  const standing = known.get(id)
  if (standing === undefined) {
    known.set(id, toStanding(row))
    return { id, state: 'new', attempt: row.attempts }
  }
  if (standing.settled === STANDING.settled) return { id, state: 'settled', attempt: 0 }
  if (standing.settled === STANDING.dead) return { id, state: 'dead', attempt: 0 }
  if (standing.leaseUntil > now) return { id, state: 'busy', attempt: 0 }
  standing.leaseUntil = Math.ceil(leaseUntil)
  standing.attempts += 1
  standing.claimed = true
  return { id, state: 'again', attempt: standing.attempts }
}

const toStanding = (row: Pick<EventRow, 'settled' | 'lease_until' | 'attempts'>): Standing => ({
  settled: Number(row.settled),
  leaseUntil: Number(row.lease_until),
  attempts: Number(row.attempts),
  claimed: false,
})

async function writeClaims(trx: Trx, known: Known): Promise<void> {
  for (const [id, { claimed, leaseUntil, attempts }] of known) {
    if (!claimed) continue
    await trx
      .updateTable('bouncy_events')
      .set({ lease_until: leaseUntil, attempts })
      .where('id', '=', id)
      .execute()
  }
}

/** The marks to be folded, by address, in the order of the batches. */
function runsOf(
  recordings: readonly Recording[],
  results: readonly RecordResult[],
): ReadonlyMap<string, readonly Run[]> {
  const byAddress = new Map<string, Run[]>()
  for (const [index, { batch }] of recordings.entries()) {
    const fresh = new Set(
      results[index]?.events.filter((event) => event.state === 'new').map((event) => event.id),
    )
    const marks = batch.marks.filter(({ eventId }) => eventId === undefined || fresh.has(eventId))
    for (const [address, added] of Map.groupBy(marks, (one) => one.key)) {
      const run = { order: index, now: batch.now, added }
      const runs = byAddress.get(address)
      if (runs === undefined) byAddress.set(address, [run])
      else runs.push(run)
    }
  }
  return byAddress
}

/** In one order everywhere, so that no two transactions wait for each other; of one id the first stays first. */
function byId<T extends { readonly id: string }>(rows: readonly T[]): readonly T[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}
