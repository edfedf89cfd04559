import { type ParseOptions, parseSesEventBridge, parseSesLambda, parseSesMessage } from '@bouncy/ses'
import { sesMessages } from '@bouncy/ses/testing'
import { lambdaRecordOf } from '@bouncy/sns/testing'
import { describe, expect, it } from 'vitest'
import { now, posts } from './stage.ts'

const messages = sesMessages({ now })
const bounce = messages.bounce()

describe('other transports', () => {
  it('reads a bare message, as an object and as JSON', () => {
    const parsed = parseSesMessage(bounce)
    expect(parsed.events).toMatchObject([
      { type: 'bounce', provider: 'ses', recipient: 'reader@example.com' },
    ])
    expect(parseSesMessage(JSON.stringify(bounce))).toEqual(parsed)
  })

  it('reads an event of EventBridge', () => {
    const event = {
      version: '0',
      id: '12345678-1234-1234-1234-111122223333',
      'detail-type': 'Email Bounced',
      source: 'aws.ses',
      account: '111122223333',
      time: '2026-03-04T09:16:01Z',
      region: 'us-east-1',
      resources: ['arn:aws:ses:us-east-1:111122223333:configuration-set/transactional'],
      detail: bounce,
    }
    expect(parseSesEventBridge(event)).toEqual(parseSesMessage(bounce))
    const timeless = {
      eventType: 'Send',
      send: {},
      mail: { messageId: 'm', destination: ['reader@example.com'] },
    }
    expect(parseSesEventBridge({ ...event, detail: timeless }).events).toMatchObject([
      { type: 'send', timestamp: '2026-03-04T09:16:01.000Z' },
    ])
  })

  it('keeps by name what EventBridge says of the account', () => {
    const detail = { version: '1.0.0', data: {} }
    expect(parseSesEventBridge({ 'detail-type': 'Sending Status Disabled', detail })).toEqual({
      events: [],
      quarantined: [{ reason: 'type-unknown: Sending Status Disabled', raw: detail }],
    })
  })

  it('reads all records of a Lambda event', () => {
    const records = [
      posts.message(bounce),
      posts.complaint(),
      posts.message('Successfully validated SNS topic for Amazon SES event publishing.'),
    ]
    const event = {
      Records: records.map((post) => ({
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        Sns: lambdaRecordOf(post),
      })),
    }
    const { events, quarantined } = parseSesLambda(event, { name: 'ses-eu' })
    expect(events.map(({ type, provider }) => [type, provider])).toEqual([
      ['bounce', 'ses-eu'],
      ['complaint', 'ses-eu'],
    ])
    expect(quarantined).toEqual([])
  })

  it('uses the time of the record where SES gives none', () => {
    const timeless = { eventType: 'Send', mail: { messageId: 'm', destination: ['reader@example.com'] } }
    const Sns = lambdaRecordOf(posts.message(timeless))
    expect(parseSesLambda({ Records: [{ Sns }] }).events).toMatchObject([
      { timestamp: '2026-03-04T09:16:00.000Z' },
    ])
  })

  it('says so where there is no time at all', () => {
    const timeless = { eventType: 'Send', mail: { messageId: 'm', destination: ['reader@example.com'] } }
    expect(parseSesMessage(timeless).events).toMatchObject([{ timestamp: '', timestampFrom: 'receipt' }])
  })

  const transports: readonly ((input: unknown, options?: ParseOptions) => unknown)[] = [
    parseSesMessage,
    parseSesEventBridge,
    parseSesLambda,
  ]

  it.each([
    undefined,
    null,
    0,
    '',
    'text',
    '{"eventType":',
    '{"a":1,"a":2}',
    '['.repeat(70) + ']'.repeat(70),
    [],
    {},
    { Records: 1 },
    { Records: [null, {}, { Sns: 1 }] },
    { detail: 7 },
    new Date(Number.NaN),
  ])('keeps %j, and never throws', (input) => {
    for (const parse of transports) {
      const parsed = parse(input) as ReturnType<typeof parseSesMessage>
      expect(parsed.events).toEqual([])
      expect(parsed.quarantined?.length).toBeGreaterThan(0)
    }
  })
})
