import type { MailEvent } from '@bouncy/core'
import type { NewEvent, NewMark, RecordBatch } from '@bouncy/core/store'

/** 2026-11-01T00:00:00Z */
export const NOW = 1_793_491_200_000

/** A hard bounce of `<id>@example.com`; the same id makes the same event. */
export function bounce(id: string, overrides: Partial<MailEvent> = {}): MailEvent {
  return {
    id: `toy_${id}`,
    provider: 'toy',
    type: 'bounce',
    recipient: `${id}@example.com`,
    timestamp: new Date(NOW).toISOString(),
    tags: [],
    metadata: {},
    bounceType: 'hard',
    reason: 'mailbox-not-found',
    countsAgainstRecipient: true,
    providerType: 'Hard',
    raw: { id },
    ...overrides,
  } as MailEvent
}

/** A bounce as a batch holds it, with nobody to handle it. */
export const settled = (id: string, overrides: Partial<MailEvent> = {}): NewEvent => ({
  event: bounce(id, overrides),
  key: `${id}@example.com`,
  settled: true,
})

/** A bounce as a batch holds it, with a handler waiting for it. */
export const unsettled = (id: string, overrides: Partial<MailEvent> = {}): NewEvent => ({
  ...settled(id, overrides),
  settled: false,
})

/** What the policy makes of such a bounce; in a stream of its own, where one is given. */
export const suppressing = (id: string, key: string = `${id}@example.com`, stream?: string): NewMark => ({
  key,
  eventId: `toy_${id}`,
  mark: {
    kind: 'suppress',
    at: NOW,
    id: `toy_${id}`,
    reason: 'bounce',
    source: '["toy",null]',
    provider: 'toy',
    ...(stream === undefined ? {} : { scope: { stream } }),
  },
})

/** A batch of what is given; claims last a minute. */
export const batchOf = (parts: Partial<RecordBatch>): RecordBatch => ({
  now: NOW,
  leaseUntil: NOW + 60_000,
  events: [],
  marks: [],
  quarantined: [],
  tokens: [],
  ...parts,
})

/** A batch as the inbox makes it of these bounces. */
export const bounces = (...ids: readonly string[]): RecordBatch =>
  batchOf({ events: ids.map((id) => settled(id)), marks: ids.map((id) => suppressing(id)) })

export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)
