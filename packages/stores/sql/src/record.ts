import type { NewEvent, RecordBatch, RecordedEvent, RecordResult } from '@bouncy/core/store'
import { foldInto, type Run } from './addresses.ts'
import type { Dialect } from './dialect.ts'
import { toEventRow, toWaitingRow } from './event-rows.ts'
import { indexable } from './indexable.ts'
import { slices } from './slices.ts'
import type { EventRow, QuarantinedRow, TokenRow, Trx, WaitingRow } from './tables.ts'
import { refusedTokens } from './tokens.ts'
import { waitingOf } from './waiting.ts'

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
          events: recording.batch.events.map((one) => standingOf(one, recording.batch, known)),
          tokenReused: false,
        },
  )
  await writeClaims(trx, dialect, known)
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

/** How far an event has come that is there. */
interface Standing {
  /** Nothing where it is settled. */
  readonly waiting: WaitingRow | undefined
  /** Whether it was claimed here and now. */
  readonly claimed: boolean
}
type Known = Map<string, Standing>

/** @returns how far those have come that were there before */
async function insertEvents(trx: Trx, dialect: Dialect, recordings: readonly Recording[]): Promise<Known> {
  const rows = byId(recordings.flatMap((one) => one.events))
  const there = new Set(rows.map((row) => row.id))
  for (const some of slices(rows, dialect)) {
    for (const id of await dialect.insertNew(trx, 'bouncy_events', some)) there.delete(id)
  }
  // who inserted or settled one of them has committed by then: what does not wait now never will
  const waiting = await waitingOf(trx, dialect, [...there])
  return new Map([...there].map((id) => [id, { waiting: waiting.get(id), claimed: false }]))
}

function standingOf(one: NewEvent, batch: RecordBatch, known: Known): RecordedEvent {
  const { id } = one.event
  const standing = known.get(id)
  if (standing === undefined) {
    const waiting = toWaitingRow(one, batch)
    known.set(id, { waiting, claimed: true })
    return { id, state: 'new', attempt: waiting?.attempts ?? 0 }
  }
  const { waiting } = standing
  if (waiting === undefined) return { id, state: 'settled', attempt: 0 }
  if (Number(waiting.dead) === 1) return { id, state: 'dead', attempt: 0 }
  if (Number(waiting.lease_until) > batch.now) return { id, state: 'busy', attempt: 0 }
  const attempts = Number(waiting.attempts) + 1
  const claim = { ...waiting, lease_until: Math.ceil(batch.leaseUntil), attempts }
  known.set(id, { waiting: claim, claimed: true })
  return { id, state: 'again', attempt: attempts }
}

/** All but the id, so that a row is right whose event was deleted by hand. */
const COLUMNS = ['received_at', 'occurred_at', 'lease_until', 'retry_at', 'attempts', 'dead'] as const

async function writeClaims(trx: Trx, dialect: Dialect, known: Known): Promise<void> {
  const rows = [...known.values()].flatMap(({ waiting, claimed }) =>
    claimed && waiting !== undefined ? [waiting] : [],
  )
  for (const some of slices(byId(rows), dialect)) {
    await dialect.put(trx, 'bouncy_waiting', some, COLUMNS)
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
