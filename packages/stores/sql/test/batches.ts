import type { MailEvent } from '@bouncy/core'
import type { NewEvent, NewMark, RecordBatch } from '@bouncy/core/store'

export const NOW: number = Date.parse('2026-11-01T00:00:00Z')

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

export const handled = (id: string, overrides: Partial<MailEvent> = {}): NewEvent => ({
  event: bounce(id, overrides),
  key: `${id}@example.com`,
  settled: true,
})

/** What the policy makes of such a bounce. */
export const suppressing = (id: string, key: string = `${id}@example.com`): NewMark => ({
  key,
  eventId: `toy_${id}`,
  mark: {
    kind: 'suppress',
    at: NOW,
    id: `toy_${id}`,
    reason: 'bounce',
    source: '["toy",null]',
    provider: 'toy',
  },
})

/** A batch as the inbox makes it of these bounces. */
export const batchOf = (...ids: readonly string[]): RecordBatch => ({
  now: NOW,
  leaseUntil: NOW + 60_000,
  events: ids.map((id) => handled(id)),
  marks: ids.map((id) => suppressing(id)),
  quarantined: [],
  tokens: [],
})
