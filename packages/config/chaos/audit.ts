import type { MailEvent, Store } from '@bouncy/core/store'
import type { Place } from './places/place.ts'
import type { Score } from './score.ts'
import type { Letter } from './traffic.ts'

/** What the comparison of store and ledger came to. */
export interface Audit {
  /** Genuine events that were sent. */
  readonly events: number
  /** Of these, those that the receiver said it had. */
  readonly acknowledged: number
  /** Acknowledged events of which something is missing. */
  readonly lost: number
  /** Events that had an effect again after they were settled, or twice in the database. */
  readonly doubles: number
  /** All of it in words, and whatever else is wrong. */
  readonly faults: readonly string[]
}

/** Compares what was acknowledged with what is there, with the receiver stopped. */
export async function audit(place: Place, score: Score): Promise<Audit> {
  const { store, close } = await place.open()
  try {
    return await compare(store, place, score)
  } finally {
    await close()
  }
}

async function compare(store: Store, place: Place, score: Score): Promise<Audit> {
  const stored = Map.groupBy(await allEvents(store), ({ recipient }) => recipient)
  const effects = Map.groupBy(score.effects(), ({ recipient }) => recipient)
  const rows = Map.groupBy(await place.effects(), ({ recipient }) => recipient)
  const genuine = eventsOf(score.sent.values())
  const acknowledged = eventsOf(score.acknowledged.values())
  const suppressed = await suppressedOf(store, [...stored.keys()])

  const inTransaction = place.transactional
    ? [...acknowledged].filter(([, { bounces }]) => bounces).map(([recipient]) => recipient)
    : []
  const missing = {
    'not in the store': missingFrom(acknowledged.keys(), stored),
    'without the effect of their handler': missingFrom(acknowledged.keys(), effects),
    'without the effect in the transaction': missingFrom(inTransaction, rows),
    'not suppressed': missingFrom(
      [...acknowledged].filter(([, { suppresses }]) => suppresses).map(([recipient]) => recipient),
      suppressed,
    ),
  }
  const twice = {
    'twice in the store': moreThanOne(stored),
    'with two effects in a transaction': moreThanOne(rows),
    'handled again after they were settled': [...effects].flatMap(([recipient, them]) => {
      const since = score.settledAt(recipient)
      return since !== undefined && them.some(({ at }) => at > since) ? [recipient] : []
    }),
  }
  const wrong = {
    'that nobody sent, or that were forged': [...stored, ...effects, ...rows].flatMap(([recipient]) =>
      genuine.has(recipient) ? [] : [recipient],
    ),
    'suppressed without a reason': [...suppressed.keys()].filter(
      (recipient) => genuine.get(recipient)?.suppresses === false,
    ),
  }
  return {
    events: genuine.size,
    acknowledged: acknowledged.size,
    lost: new Set(Object.values(missing).flat()).size,
    doubles: new Set(Object.values(twice).flat()).size,
    faults: [
      ...inWords(missing, 'acknowledged events are'),
      ...inWords(twice, 'events are'),
      ...inWords(wrong, 'events are'),
      ...score.faults,
      ...(await place.check()),
    ],
  }
}

/** All of them, page by page. */
export async function allEvents(store: Store): Promise<readonly MailEvent[]> {
  const events: MailEvent[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await store.events({ limit: 1_000, ...(cursor === undefined ? {} : { cursor }) })
    events.push(...page.items)
    cursor = page.next
    if (cursor === undefined) return events
  }
}

async function suppressedOf(store: Store, addresses: readonly string[]): Promise<ReadonlyMap<string, true>> {
  const found = await store.findSuppressions(addresses)
  return new Map(found.map(({ address }) => [address, true]))
}

function eventsOf(letters: Iterable<Letter>): ReadonlyMap<string, Letter> {
  const events = [...letters].filter(({ forged }) => !forged)
  return new Map(
    events.flatMap((letter) => letter.recipients.map((recipient) => [recipient, letter] as const)),
  )
}

const missingFrom = (wanted: Iterable<string>, there: ReadonlyMap<string, unknown>): readonly string[] =>
  [...wanted].filter((one) => !there.has(one))

const moreThanOne = (groups: ReadonlyMap<string, readonly unknown[]>): readonly string[] =>
  [...groups].filter(([, { length }]) => length > 1).map(([recipient]) => recipient)

function inWords(found: Readonly<Record<string, readonly string[]>>, subject: string): readonly string[] {
  return Object.entries(found)
    .filter(([, { length }]) => length > 0)
    .map(([what, them]) => `${them.length} ${subject} ${what}, as ${them[0]}`)
}
