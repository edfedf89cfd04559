import type { Store } from '@bouncy/core/store'
import { expect } from 'vitest'
import { batchOf, bounce, NOW, suppressing, unsettled } from './batches.ts'

/** One of each thing that a store does, with what must come of it: for whether a client carries it at all. */
export async function doEverything(store: Store): Promise<void> {
  const batch = batchOf({
    events: [unsettled('ann'), unsettled('kim', { raw: { text: 'Grüße 💌 \0' } })],
    marks: [suppressing('ann')],
    quarantined: [
      { id: 'q', provider: 'toy', reason: 'riddle', receivedAt: new Date(NOW).toISOString(), raw: 1 },
    ],
    tokens: [{ id: 't', binding: 'body', until: NOW }],
  })
  expect((await store.record(batch)).events.map(({ state }) => state)).toEqual(['new', 'new'])
  await store.settle([{ id: 'toy_ann', outcome: 'settled' }])
  const later = { now: NOW + 60_000, dueBy: NOW, leaseUntil: NOW + 90_000, limit: 9 }
  expect(await store.claim(later)).toEqual([
    { event: bounce('kim', { raw: { text: 'Grüße 💌 \0' } }), attempt: 2 },
  ])
  expect((await store.events({ limit: 1 })).next).toBeTypeOf('string')
  expect((await store.findSuppressions(['ann@example.com']))[0]?.reason).toBe('bounce')
  expect((await store.suppressions({ now: NOW, prefix: 'ann' })).items).toHaveLength(1)
  expect((await store.audit({})).items).toHaveLength(1)
  expect((await store.quarantined({})).items).toHaveLength(1)
  await store.erase({
    key: 'ann@example.com',
    spellings: ['ann@example.com'],
    tombstone: 'erased:1',
    anonymise: (event) => ({ ...event, recipient: 'erased:1' }),
    redact: (event) => event,
  })
  const all = NOW + 1
  const limits = { now: all, rawBefore: all, eventsBefore: all, quarantinedBefore: all, auditBefore: all }
  expect(await store.prune({ ...limits, addressesBefore: all, redact: (event) => event })).toEqual({
    events: 1,
    redacted: 1,
    quarantined: 1,
    addresses: 0,
    audit: 1,
    tokens: 1,
  })
}
