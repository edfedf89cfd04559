import { createBouncy, memoryStore, type Suppression } from '@bouncy/core'
import { postmark } from '@bouncy/postmark'
import type { PostmarkPost } from '@bouncy/postmark/testing'
import { describe, expect, it } from 'vitest'
import { hook, posts } from './read.ts'

const NOW = Date.parse('2026-03-07T12:00:00Z')
const kim = 'kim@example.com'
const bounced = posts.bounce('HardBounce', { Email: kim, BouncedAt: '2026-03-04T10:00:00.9999999Z' })
const complained = posts.spamComplaint({ Email: kim, BouncedAt: '2026-03-04T10:00:02Z' })
const change = (ChangedAt: string, SuppressionReason: string | null, fields: object = {}): PostmarkPost =>
  posts.subscriptionChange({
    ChangedAt,
    Recipient: kim,
    SuppressSending: SuppressionReason !== null,
    SuppressionReason,
    ...fields,
  })

async function listAfter(received: readonly PostmarkPost[]): Promise<readonly Suppression[]> {
  const providers = [postmark({ credentials: [hook] })]
  const bouncy = createBouncy({ providers, store: memoryStore(), now: () => NOW })
  for (const post of received) {
    const reply = await bouncy.fetch(new Request('https://example.org/webhooks/postmark', post))
    expect(reply.status).toBe(200)
  }
  return (await bouncy.suppressions()).items
}

function* ordersOf<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield []
  for (const [index, item] of items.entries()) {
    for (const rest of ordersOf(items.toSpliced(index, 1))) yield [item, ...rest]
  }
}

async function alwaysEndsIn(reasons: readonly string[], received: readonly PostmarkPost[]): Promise<void> {
  const lists = await Promise.all([...ordersOf(received)].map(listAfter))
  for (const list of lists) expect(list).toEqual(lists[0])
  expect(lists[0]?.map(({ reason }) => reason)).toEqual(reasons)
}

describe('the suppression list, in any order of arrival', () => {
  it("holds an address once for the bounce and the list's side of it", () =>
    alwaysEndsIn(['bounce'], [bounced, change('2026-03-04T10:00:01Z', 'HardBounce'), bounced]))

  it('holds it where only changes are posted', () =>
    alwaysEndsIn(
      ['bounce', 'complaint'],
      [change('2026-03-04T10:00:01Z', 'HardBounce'), change('2026-03-04T10:00:02Z', 'SpamComplaint')],
    ))

  it('lets an address go when Postmark does, later', () =>
    alwaysEndsIn(
      [],
      [
        bounced,
        complained,
        change('2026-03-04T10:00:01Z', 'HardBounce'),
        change('2026-03-05T08:00:00Z', null),
      ],
    ))

  it('keeps it when the reactivation is older, if only by a moment', () =>
    alwaysEndsIn(
      ['bounce'],
      [
        bounced,
        change('2026-03-04T10:00:00.9980000Z', null),
        change('2026-03-03T08:00:00Z', 'ManualSuppression'),
      ],
    ))

  it('keeps it when it bounces again', () =>
    alwaysEndsIn(
      ['bounce'],
      [
        bounced,
        change('2026-03-05T08:00:00Z', null),
        posts.bounce('SoftBounce', { Email: kim, Inactive: true, BouncedAt: '2026-03-06T08:00:00Z' }),
      ],
    ))

  it('keeps it when another stream lets go', () =>
    alwaysEndsIn(['bounce'], [bounced, change('2026-03-05T08:00:00Z', null, { MessageStream: 'broadcast' })]))

  it("is not changed by a delivery, or by what is nobody's fault", () =>
    alwaysEndsIn(
      ['bounce'],
      [
        bounced,
        posts.delivery({ Recipient: kim, DeliveredAt: '2026-03-05T08:00:00Z' }),
        posts.bounce('Blocked', { Email: 'sam@example.com', Inactive: true }),
      ],
    ))
})

describe('soft bounces', () => {
  const fiveOf = (Details: string) =>
    [1, 2, 3, 4, 5].map((day) =>
      posts.bounce('SoftBounce', { Email: kim, Details, ID: day, BouncedAt: `2026-03-0${day}T10:00:00Z` }),
    )

  it.each([
    'smtp;552 5.2.3 message too large',
    'smtp;552 message size exceeds fixed maximum message size',
    'smtp;550 5.7.606 Access denied, banned sending IP [192.0.2.1]',
    'smtp;554 this looks like spam',
  ])(
    'are not held against the recipient where they are about the message or its sender: %s',
    async (said) => {
      expect(await listAfter(fiveOf(said))).toEqual([])
    },
  )

  it.each(['smtp;552 mailbox is full', 'smtp;550 <kim-5.7.1@example.com>: failed', ''])(
    'pile up: %s',
    async (said) => {
      expect(await listAfter(fiveOf(said))).toMatchObject([{ address: kim, reason: 'bounce' }])
    },
  )
})

describe('an unsubscribe', () => {
  it('is of its stream', async () => {
    expect(await listAfter([change('2026-03-05T08:00:00Z', 'ManualSuppression')])).toMatchObject([
      { reason: 'unsubscribe', scope: { stream: 'outbound' }, provider: 'postmark' },
    ])
  })
})
