import type { MailEvent } from '@bouncy/core/store'
import { digest } from './digest.ts'
import type { Draft } from './draft.ts'
import { memberOf, type SetName, sortable } from './keys.ts'

/** How far an event has come, and what it is found by besides its own fields. */
export interface Standing {
  readonly state: 'settled' | 'unsettled' | 'dead'
  readonly receivedAt: number
  readonly timestamp: string
  /** The digest of the address key; '' for none. */
  readonly address: string
  /** 0: nobody has claimed it. */
  readonly leaseUntil: number
  readonly retryAt: number
  /** Its `retryAt` has come for somebody, so that it waits among those that are due. */
  readonly ripe: boolean
  readonly attempt: number
  readonly redacted: boolean
}

/** How far an event has come, or nothing where it is not there. */
export function standingOf(draft: Draft, id: string): Standing | undefined {
  const text = draft.get('standings', id)
  return text === undefined ? undefined : readStanding(text)
}

/** A standing as it was written. */
export function readStanding(text: string): Standing {
  const [state, receivedAt, timestamp, address, leaseUntil, retryAt, ripe, attempt, redacted] = JSON.parse(
    text,
  ) as StandingTuple
  return {
    state,
    receivedAt,
    timestamp,
    address,
    leaseUntil,
    retryAt,
    ripe: ripe === 1,
    attempt,
    redacted: redacted === 1,
  }
}

/** Changes how far an event has come, and with it where it is listed; `undefined` removes it. */
export function putStanding(draft: Draft, id: string, after: Standing | undefined): void {
  const before = standingOf(draft, id)
  move(
    draft,
    before === undefined ? [] : placesOf(id, before),
    after === undefined ? [] : placesOf(id, after),
  )
  draft.set('standings', id, after === undefined ? undefined : JSON.stringify(tupleOf(after)))
}

/** Stores an event that is new. @param text the event as JSON */
export function addEvent(draft: Draft, event: MailEvent, text: string): void {
  move(draft, [], facetsOf(event))
  draft.set('events', event.id, text)
}

/** Replaces an event, if it is there, and with it where it is listed; `undefined` removes it. */
export function replaceEvent(
  draft: Draft,
  id: string,
  change: (event: MailEvent) => MailEvent | undefined,
): void {
  const text = draft.get('events', id)
  if (text === undefined) return
  const before = JSON.parse(text) as MailEvent
  const after = change(before)
  move(draft, facetsOf(before), after === undefined ? [] : facetsOf(after))
  draft.set('events', id, after === undefined ? undefined : JSON.stringify(after))
}

/** A record, as short as it can be: there is one for each event. */
type StandingTuple = [
  state: Standing['state'],
  receivedAt: number,
  timestamp: string,
  address: string,
  leaseUntil: number,
  retryAt: number,
  ripe: 0 | 1,
  attempt: number,
  redacted: 0 | 1,
]

const tupleOf = (one: Standing): StandingTuple => [
  one.state,
  one.receivedAt,
  one.timestamp,
  one.address,
  one.leaseUntil,
  one.retryAt,
  one.ripe ? 1 : 0,
  one.attempt,
  one.redacted ? 1 : 0,
]

interface Place {
  readonly set: SetName
  readonly member: string
  readonly score: number
}

function placesOf(id: string, one: Standing): readonly Place[] {
  const inTime = [one.timestamp, id]
  const inReceipt = [sortable(one.receivedAt), id]
  return [
    indexed('time', ...inTime),
    ...(one.address === '' ? [] : [indexed(`address ${one.address}`, ...inTime)]),
    ...(one.state === 'settled' ? [] : [indexed(one.state, ...inTime)]),
    indexed(one.redacted ? 'redacted' : 'raw', ...inReceipt),
    ...(one.state === 'unsettled' ? [queueOf(one, id)] : []),
  ]
}

/** Where it waits to be claimed. */
function queueOf(one: Standing, id: string): Place {
  const member = memberOf(sortable(one.receivedAt), id)
  if (one.leaseUntil > 0) return { set: 'held', member, score: one.leaseUntil }
  if (one.retryAt > 0 && !one.ripe) return { set: 'delayed', member, score: one.retryAt }
  return { set: 'free', member, score: 0 }
}

function facetsOf({ id, timestamp, type, provider, messageId }: MailEvent): readonly Place[] {
  return [
    indexed(`type ${type}`, timestamp, id),
    indexed(`provider ${provider}`, timestamp, id),
    ...(messageId === undefined ? [] : [indexed(`message ${digest(messageId)}`, timestamp, id)]),
  ]
}

const indexed = (facet: string, ...position: readonly string[]): Place => ({
  set: 'event-index',
  member: memberOf(facet, ...position),
  score: 0,
})

function move(draft: Draft, before: readonly Place[], after: readonly Place[]): void {
  const same = (a: Place, b: Place): boolean =>
    a.set === b.set && a.member === b.member && a.score === b.score
  for (const old of before) {
    if (!after.some((one) => same(one, old))) draft.displace(old.set, old.member)
  }
  for (const one of after) {
    if (!before.some((old) => same(old, one))) draft.place(one.set, one.member, one.score)
  }
}
