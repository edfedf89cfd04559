import type { Mark, RecordBatch, RecordedEvent, RecordResult } from '@bouncy/core/store'
import { foldInto } from './addresses.ts'
import type { Dialect } from './dialect.ts'
import { indexable } from './indexable.ts'
import { slices } from './slices.ts'
import type { EventRow, QuarantinedRow, Trx } from './tables.ts'

/** A batch as it will be stored; what cannot be stored has failed by then, alone. */
export interface Recording {
  readonly batch: RecordBatch
  readonly events: readonly EventRow[]
  readonly quarantined: readonly QuarantinedRow[]
}

/** Turns a batch into rows. @throws TypeError what is no plain JSON */
export function toRecording(batch: RecordBatch): Recording {
  return {
    batch,
    events: batch.events.map(({ event, key, settled }) => ({
      id: event.id,
      provider: event.provider,
      type: event.type,
      address: key ?? null,
      message_id: event.messageId === undefined ? null : indexable(event.messageId),
      occurred_at: event.timestamp,
      received_at: batch.now,
      settled: settled ? 1 : 0,
      lease_until: settled ? 0 : batch.leaseUntil,
      attempts: settled ? 0 : 1,
      data: JSON.stringify(event),
    })),
    quarantined: batch.quarantined.map((item) => ({
      id: item.id,
      received_at: item.receivedAt,
      data: JSON.stringify(item),
    })),
  }
}

/** Stores batches in one transaction, as if one after the other. @returns the result of each */
export async function recordAll(
  trx: Trx,
  dialect: Dialect,
  recordings: readonly Recording[],
): Promise<readonly RecordResult[]> {
  const known = await insertEvents(trx, dialect, recordings)
  const results = recordings.map((recording) => ({
    events: recording.events.map((row) => standingOf(row, recording.batch, known)),
  }))
  await writeClaims(trx, known)
  await foldInto(trx, dialect, marksOf(recordings, results))
  for (const rows of slices(recordings.flatMap((one) => one.quarantined))) {
    await dialect.insertNew(trx, 'bouncy_quarantined', rows)
  }
  return results
}

/** How far an event has come that was there before it was recorded once more. */
interface Standing {
  readonly settled: boolean
  leaseUntil: number
  attempts: number
  claimed: boolean
}
type Known = Map<string, Standing>

async function insertEvents(trx: Trx, dialect: Dialect, recordings: readonly Recording[]): Promise<Known> {
  // in one order everywhere, so that no two transactions wait for each other; of one id the first stays first
  const rows = recordings
    .flatMap((one) => one.events)
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  const there = new Set(rows.map((row) => row.id))
  for (const some of slices(rows)) {
    for (const id of await dialect.insertNew(trx, 'bouncy_events', some)) there.delete(id)
  }
  const known: Known = new Map()
  for (const ids of slices([...there])) {
    const query = trx
      .selectFrom('bouncy_events')
      .select(['id', 'settled', 'lease_until', 'attempts'])
      .where('id', 'in', ids)
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
  if (standing.settled) return { id, state: 'settled', attempt: 0 }
  if (standing.leaseUntil > now) return { id, state: 'busy', attempt: 0 }
  standing.leaseUntil = leaseUntil
  standing.attempts += 1
  standing.claimed = true
  return { id, state: 'again', attempt: standing.attempts }
}

const toStanding = (row: Pick<EventRow, 'settled' | 'lease_until' | 'attempts'>): Standing => ({
  settled: Number(row.settled) === 1,
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
function marksOf(
  recordings: readonly Recording[],
  results: readonly RecordResult[],
): ReadonlyMap<string, readonly Mark[]> {
  const marks = new Map<string, Mark[]>()
  for (const [index, { batch }] of recordings.entries()) {
    const fresh = new Set(
      results[index]?.events.filter((event) => event.state === 'new').map((event) => event.id),
    )
    for (const { key, eventId, mark } of batch.marks) {
      if (eventId !== undefined && !fresh.has(eventId)) continue
      const same = marks.get(key)
      if (same === undefined) marks.set(key, [mark])
      else same.push(mark)
    }
  }
  return marks
}
