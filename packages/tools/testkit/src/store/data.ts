import type { Bounce, MailEvent, Quarantined, Store, Suppression } from '@bouncy/core'
import type {
  ClaimQuery,
  NewEvent,
  NewMark,
  RecordBatch,
  RecordResult,
  StoredEventQuery,
  Token,
} from '@bouncy/core/store'
import { expect } from 'vitest'

/** The time at which everything here happens: 2026-11-01T00:00:00Z. */
export const NOW: number = Date.parse('2026-11-01T00:00:00Z')
export const MINUTE = 60_000

export const iso = (at: number): string => new Date(at).toISOString()
export const padded = (index: number): string => String(index).padStart(6, '0')
export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

/** A bounce; the same arguments make the same event. */
export function bounce(id: string, overrides: Partial<Bounce> = {}): Bounce {
  return {
    id: `toy_${id}`,
    provider: 'toy',
    type: 'bounce',
    recipient: 'Kim@example.com',
    timestamp: iso(NOW),
    tags: [],
    metadata: {},
    bounceType: 'hard',
    reason: 'mailbox-not-found',
    countsAgainstRecipient: true,
    providerType: 'Hard',
    raw: { id },
    ...overrides,
  }
}

/** An event as a batch holds it, with a handler waiting for it. */
export function unsettled(event: MailEvent, key = 'kim@example.com'): NewEvent {
  return { event, key, settled: false }
}

/** An event as a batch holds it, which nobody handles. */
export function settled(event: MailEvent, key = 'kim@example.com'): NewEvent {
  return { event, key, settled: true }
}

/** A mark that suppresses its address. */
export function suppressing(
  key: string,
  id: string,
  {
    eventId,
    ...overrides
  }: { readonly eventId?: string } & Partial<Extract<NewMark['mark'], { kind: 'suppress' }>> = {},
): NewMark {
  return {
    key,
    ...(eventId === undefined ? {} : { eventId }),
    mark: {
      kind: 'suppress',
      at: NOW,
      id,
      reason: 'bounce',
      source: '["toy",null]',
      provider: 'toy',
      ...overrides,
    },
  }
}

/** One of three soft bounces within a day that suppress for another. */
export function strike(key: string, id: string, at: number): NewMark {
  const day = 24 * 60 * MINUTE
  return {
    key,
    mark: {
      kind: 'strike',
      at,
      id,
      reason: 'bounce',
      source: '["toy",null]',
      provider: 'toy',
      ledger: 'soft-bounce',
      limit: 3,
      windowMs: day,
      suppressForMs: day,
    },
  }
}

/** Takes a suppression away by hand. */
export function lifting(
  key: string,
  overrides: Partial<Extract<NewMark['mark'], { kind: 'lift' }>> = {},
): NewMark {
  return { key, mark: { kind: 'lift', at: NOW, actor: 'support', ...overrides } }
}

/** Something signed, spent on a body. */
export function token(id: string, binding: string, until: number = NOW + MINUTE): Token {
  return { id: `toy_${id}`, binding, until }
}

export function quarantined(id: string, overrides: Partial<Quarantined> = {}): Quarantined {
  return {
    id: `toy_${id}`,
    provider: 'toy',
    reason: 'riddle',
    receivedAt: iso(NOW),
    raw: { riddle: id },
    ...overrides,
  }
}

/** Records a batch of what is given; claims last a minute. */
export function record(store: Store, batch: Partial<RecordBatch>): Promise<RecordResult> {
  const now = batch.now ?? NOW
  return store.record({
    now,
    leaseUntil: now + MINUTE,
    events: [],
    marks: [],
    quarantined: [],
    tokens: [],
    ...batch,
  })
}

/** Asks for everything that is free and due so many minutes later, for a minute. */
export function later(minutes: number, overrides: Partial<ClaimQuery> = {}): ClaimQuery {
  const now = NOW + minutes * MINUTE
  return { now, dueBy: now, leaseUntil: now + MINUTE, limit: 100, ...overrides }
}

/** The ids that a claim gives out, in its order. */
export async function claimed(store: Store, query: ClaimQuery): Promise<readonly string[]> {
  return idsOf((await store.claim(query)).map(({ event }) => event))
}

/** Records events that nobody handles. */
export async function keep(store: Store, ...events: readonly MailEvent[]): Promise<void> {
  await record(store, { events: events.map((event) => settled(event)) })
}

/** What became of each event, as `state attempt`. */
export const states = (result: RecordResult): readonly string[] =>
  result.events.map(({ state, attempt }) => `${state} ${attempt}`)

/** The suppressions that stand for `kim@example.com`, by reason and stream. */
export async function standing(store: Store, key = 'kim@example.com'): Promise<readonly string[]> {
  const found = await store.findSuppressions([key])
  return found.map(({ reason, scope }) => [reason, scope?.stream].filter(Boolean).join(' ')).sort()
}

/** Ids without the provider's name. */
export const idsOf = (items: readonly { readonly id: string }[]): readonly string[] =>
  items.map(({ id }) => id.replace('toy_', ''))

/** The ids of all events of a query, page by page. */
export async function eventIds(store: Store, query: StoredEventQuery = {}): Promise<readonly string[]> {
  return idsOf(await walk((cursor) => store.events({ limit: 1000, ...query, ...cursor })))
}

/** The suppressions of a listing as `address reason`. */
export const listed = (items: readonly Suppression[]): readonly string[] =>
  items.map(({ address, reason }) => `${address} ${reason}`)

/** Every item of a listing, page by page; `between` runs after each page. */
export async function walk<T>(
  page: (cursor: {
    readonly cursor?: string
  }) => Promise<{ readonly items: readonly T[]; readonly next?: string }>,
  between: (pages: number) => Promise<void> = async () => {},
): Promise<readonly T[]> {
  const all: T[] = []
  let cursor: { readonly cursor?: string } = {}
  for (let pages = 1; ; pages += 1) {
    const { items, next } = await page(cursor)
    all.push(...items)
    if (next === undefined) return all
    expect(pages, 'a listing comes to an end').toBeLessThan(200)
    cursor = { cursor: next }
    await between(pages)
  }
}
