import { createBouncy, memoryStore, type Suppression } from '@bouncy/core'
import { postmark } from '@bouncy/postmark'
import type { PostmarkPost } from '@bouncy/postmark/testing'
import { describe, expect, it } from 'vitest'
import { hook, posts } from './read.ts'

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
  const bouncy = createBouncy({ providers: [postmark({ credentials: [hook] })], store: memoryStore() })
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

describe('an unsubscribe', () => {
  it('is of its stream', async () => {
    expect(await listAfter([change('2026-03-05T08:00:00Z', 'ManualSuppression')])).toMatchObject([
      { reason: 'unsubscribe', scope: { stream: 'outbound' }, provider: 'postmark' },
    ])
  })
})
