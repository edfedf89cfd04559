import type {
  NewEvent,
  NewMark,
  Quarantined,
  RecordBatch,
  RecordedEvent,
  RecordResult,
} from '@bouncy/core/store'
import { foldInto, wantedOf } from './addresses.ts'
import { take } from './claims.ts'
import { digest } from './digest.ts'
import type { Draft } from './draft.ts'
import { keepQuarantined } from './quarantine.ts'
import { addEvent, putStanding, type Standing, standingOf } from './standing.ts'
import { isSpentOtherwise, spend } from './tokens.ts'
import type { Change } from './transact.ts'

/** A text that is as much work as a row, in characters. */
const LONG = 16_384

/** A batch, and what of it is stored as text. */
interface Recording {
  readonly batch: RecordBatch
  readonly events: readonly (NewEvent & { readonly text: string })[]
  readonly marks: readonly NewMark[]
  readonly quarantined: readonly (Quarantined & { readonly text: string })[]
}

/** What it takes to store a batch. @throws TypeError what is no plain JSON */
export function recording(batch: RecordBatch): Change<RecordResult> {
  // what is no JSON fails here, alone, and not among others that it shares a commit with
  const prepared: Recording = {
    batch,
    events: batch.events.map((one) => ({ ...one, text: JSON.stringify(one.event) })),
    marks: JSON.parse(JSON.stringify(batch.marks)) as readonly NewMark[],
    quarantined: batch.quarantined.map((item) => ({ ...item, text: JSON.stringify(item) })),
  }
  const { events, marks, quarantined } = prepared
  return {
    wanted: {
      standings: events.map(({ event }) => event.id),
      tokens: batch.tokens.map((token) => token.id),
      quarantined: quarantined.map((item) => item.id),
      ...wantedOf(marks.map((mark) => mark.key)),
    },
    weight: 1 + marks.length + sum([...events, ...quarantined].map(({ text }) => 1 + text.length / LONG)),
    apply: (draft) => record(draft, prepared),
  }
}

function record(draft: Draft, { batch, marks, quarantined, ...rest }: Recording): RecordResult {
  const { now, leaseUntil, tokens } = batch
  if (tokens.some((token) => isSpentOtherwise(draft, token))) return { events: [], tokenReused: true }
  for (const token of tokens) spend(draft, token)
  const events = rest.events.map((one) => {
    const standing = standingOf(draft, one.event.id)
    if (standing === undefined) return insert(draft, one, batch)
    return again(draft, one.event.id, standing, now, leaseUntil)
  })
  const fresh = new Set(events.filter((one) => one.state === 'new').map((one) => one.id))
  for (const { key, ...added } of marks) {
    if (added.eventId === undefined || fresh.has(added.eventId)) foldInto(draft, key, [added], now)
  }
  for (const item of quarantined) keepQuarantined(draft, item)
  return { events, tokenReused: false }
}

function insert(
  draft: Draft,
  { event, key, settled, text }: Recording['events'][number],
  { now, leaseUntil }: RecordBatch,
): RecordedEvent {
  const attempt = settled ? 0 : 1
  addEvent(draft, event, text)
  putStanding(draft, event.id, {
    state: settled ? 'settled' : 'unsettled',
    receivedAt: now,
    timestamp: event.timestamp,
    address: key === undefined ? '' : digest(key),
    leaseUntil: settled ? 0 : leaseUntil,
    retryAt: 0,
    ripe: false,
    attempt,
    redacted: false,
  })
  return { id: event.id, state: 'new', attempt }
}

function again(draft: Draft, id: string, standing: Standing, now: number, leaseUntil: number): RecordedEvent {
  if (standing.state !== 'unsettled') return { id, state: standing.state, attempt: 0 }
  if (standing.leaseUntil > now) return { id, state: 'busy', attempt: 0 }
  return { id, state: 'again', attempt: take(draft, id, standing, leaseUntil) }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0)
