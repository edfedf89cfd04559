import { postmark } from '@bouncy/postmark'
import { toWebhookRequest } from '@bouncy/testkit'
import { describe, expect, it } from 'vitest'
import { fixtures } from './fixtures.ts'
import { hook, idsOf, posts, read } from './read.ts'

const withId = (digits: string) => {
  const { body } = posts.bounce('HardBounce', { ID: 700000001 })
  return posts.of(body.replace('700000001', digits))
}

describe('an ID beyond 2^53', () => {
  it('is told from its neighbour', () => {
    expect(Number('9007199254740993')).toBe(Number('9007199254740992'))
    expect(idsOf(withId('9007199254740993'))).not.toEqual(idsOf(withId('9007199254740992')))
    expect(idsOf(withId('9007199254740993'))).toEqual(idsOf(withId('9007199254740993')))
  })

  it('is the same as text', () => {
    expect(idsOf(withId('"18446744073709551615"'))).toEqual(idsOf(withId('18446744073709551615')))
  })

  it('is kept to the last digit, and smaller ones as numbers', () => {
    expect(read(withId('9007199254740993')).events[0]?.raw).toHaveProperty('ID', '9007199254740993')
    expect(read(withId('-9007199254740993')).events[0]?.raw).toHaveProperty('ID', '-9007199254740993')
    expect(read(withId('9007199254740991')).events[0]?.raw).toHaveProperty('ID', 9007199254740991)
    expect(read(withId('1e999')).events[0]?.raw).toHaveProperty('ID', '1e999')
    expect(read(withId('1.5')).events[0]?.raw).toHaveProperty('ID', 1.5)
  })
})

describe('the id of an event', () => {
  it('differs between all fixtures that are events', () => {
    const ids = fixtures.flatMap(({ post }) => idsOf(posts.of(post)))
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('does not depend on the order of keys, on headers, or on what Postmark may look up again', () => {
    const { RecordType, ...rest } = JSON.parse(posts.bounce().body)
    const reordered = posts.of(JSON.stringify({ ...rest, RecordType, DumpAvailable: false }, null, 2))
    expect(idsOf(reordered)).toEqual(idsOf(posts.bounce()))
    const traced = posts.bounce()
    traced.headers['x-pm-webhook-trace-id'] = 'one'
    expect(idsOf(traced)).toEqual(idsOf(posts.bounce()))
  })

  it('is of the account and the recipient', () => {
    const provider = postmark({ credentials: [hook], name: 'postmark-eu' })
    const payload = provider.verify(toWebhookRequest(posts.bounce()))
    const [event] = provider.parse(payload as never).events
    expect(event).toMatchObject({ provider: 'postmark-eu', id: expect.stringMatching(/^postmark-eu_/) })
    expect(event?.id.split('_')[1]).not.toBe(idsOf(posts.bounce())[0]?.split('_')[1])
    expect(idsOf(posts.bounce('HardBounce', { Email: 'other@example.com' }))).not.toEqual(
      idsOf(posts.bounce()),
    )
  })

  it.each([
    ['two opens', posts.open(), posts.open({ ReceivedAt: '2026-03-04T10:00:00.0000002Z' })],
    ['two links', posts.click(), posts.click({ OriginalLink: 'https://example.org/other' })],
    [
      'open and click',
      posts.open(),
      posts.click({ ReceivedAt: '2026-03-04T10:00:00.0000001Z', OriginalLink: null }),
    ],
    ['two streams', posts.subscriptionChange(), posts.subscriptionChange({ MessageStream: 'broadcast' })],
    ['two servers', posts.subscriptionChange(), posts.subscriptionChange({ ServerID: 24 })],
    ['on and off', posts.subscriptionChange(), posts.subscriptionChange({ SuppressSending: false })],
    [
      'two reasons',
      posts.subscriptionChange(),
      posts.subscriptionChange({ SuppressionReason: 'HardBounce' }),
    ],
    ['two messages', posts.delivery(), posts.delivery({ MessageID: '6a000000-0000-4000-8000-000000000000' })],
    ['two deliveries', posts.delivery(), posts.delivery({ DeliveredAt: '2026-03-04T09:15:27Z' })],
    [
      'two test posts',
      posts.bounce('HardBounce', { ID: 42 }),
      posts.bounce('HardBounce', { ID: 42, BouncedAt: '2026-03-04T09:15:28Z' }),
    ],
    ['delay and bounce', posts.bounce('Transient'), posts.bounce('SoftBounce')],
    [
      'two bounces whose ID is empty',
      posts.bounce('HardBounce', { ID: '', Details: 'smtp;550 5.1.1 one' }),
      posts.bounce('HardBounce', { ID: '', Details: 'smtp;550 5.1.1 other' }),
    ],
    [
      'an empty ID and no time',
      posts.bounce('HardBounce', { ID: '', BouncedAt: '', Details: 'smtp;550 5.1.1 one' }),
      posts.bounce('HardBounce', { ID: '', BouncedAt: '', Details: 'smtp;550 5.1.1 other' }),
    ],
    [
      'neither id nor time',
      posts.open({ ReceivedAt: null }),
      posts.open({ ReceivedAt: null, ReadSeconds: 6 }),
    ],
  ])('tells %s apart', (_, one, other) => {
    expect(idsOf(one)).toHaveLength(1)
    expect(idsOf(one)).not.toEqual(idsOf(other))
    expect(idsOf(one)).toEqual(idsOf(posts.of(one.body)))
  })
})
