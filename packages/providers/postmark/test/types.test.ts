import { describe, expect, it } from 'vitest'
import { posts, read } from './read.ts'

const bounce = (bounceType: string, counts: boolean) => ({
  type: 'bounce',
  bounceType,
  countsAgainstRecipient: counts,
})

/** What each documented type means, and what it means where Postmark has given the address up. */
const TYPES: [type: string, active: object, inactive?: object][] = [
  ['HardBounce', bounce('hard', true)],
  ['BadEmailAddress', bounce('hard', true)],
  ['SoftBounce', bounce('soft', true), bounce('hard', true)],
  ['Transient', { type: 'deferral' }, bounce('hard', true)],
  ['DnsError', { type: 'deferral', reason: 'domain-not-found' }, bounce('hard', true)],
  ['SpamComplaint', { type: 'complaint', feedbackType: 'abuse', certain: true }],
  ['AutoResponder', { type: 'autoreply' }],
  ['AddressChange', { type: 'autoreply' }],
  ['ChallengeVerification', { type: 'autoreply' }],
  ['Blocked', bounce('soft', false)],
  ['SpamNotification', { ...bounce('soft', false), reason: 'spam' }],
  ['VirusNotification', { ...bounce('soft', false), reason: 'content-rejected' }],
  ['DMARCPolicy', { type: 'reject', reason: 'authentication' }],
  ['TemplateRenderingFailed', { type: 'failure' }],
  ['ManuallyDeactivated', { type: 'reject', reason: 'suppressed' }],
  ['Unconfirmed', { type: 'reject' }],
  ['SMTPApiError', { type: 'reject', reason: 'suppressed' }],
  ['Unsubscribe', { type: 'unsubscribe' }],
  ['Subscribe', { type: 'resubscribe' }],
  ['Unknown', bounce('undetermined', true), bounce('hard', true)],
  ['OpenRelayTest', bounce('undetermined', false)],
  ['InboundError', bounce('undetermined', false)],
  ['a type of tomorrow', bounce('undetermined', false), bounce('hard', true)],
  ['constructor', bounce('undetermined', false), bounce('hard', true)],
  ['__proto__', bounce('undetermined', false), bounce('hard', true)],
]

describe('the type of a bounce', () => {
  it.each(TYPES)('%s', (type: string, active: object, inactive: object = active) => {
    expect(read(posts.bounce(type, { Inactive: false })).events).toMatchObject([active])
    expect(read(posts.bounce(type, { Inactive: true })).events).toMatchObject([inactive])
    expect(read(posts.bounce(type, { Inactive: undefined })).events).toMatchObject([active])
  })

  it('is read and not its code', () => {
    expect(read(posts.bounce('SoftBounce', { TypeCode: 1 })).events).toMatchObject([bounce('soft', true)])
  })

  it('is kept verbatim', () => {
    expect(read(posts.bounce('Brand/New')).events).toMatchObject([{ providerType: 'Brand/New' }])
  })

  it('does not matter in a spam complaint', () => {
    expect(read(posts.spamComplaint({ Type: undefined })).events).toMatchObject([{ type: 'complaint' }])
  })
})

describe('what the server said', () => {
  it.each([
    ['smtp;550-5.1.1 two\nlines', '5.1.1', 'mailbox-not-found'],
    ['smtp;550 5.1.2', '5.1.2', 'domain-not-found'],
    ['smtp;550 5.2.1 disabled.', '5.2.1', 'mailbox-inactive'],
    ['smtp;552 5.2.2, over quota', '5.2.2', 'mailbox-full'],
    ['smtp;552 5.2.3: too big', '5.2.3', 'message-too-large'],
    ['smtp;(4.4.7) expired', '4.4.7', 'expired'],
    ['smtp;550 5.7.606 banned', '5.7.606', 'policy'],
    ['smtp;554 no code, from 5.1.1.4', undefined, 'unknown'],
    ['smtp;554 no code, from 45.1.1', undefined, 'unknown'],
    ['smtp;554 no code, from 8.5.1.1', undefined, 'unknown'],
    ['smtp;554 no code, by Exim 4.94.2', undefined, 'unknown'],
    ['smtp;354 3.1.1 is no class', undefined, 'unknown'],
  ])('%j', (Details, status, reason) => {
    const [event] = read(posts.bounce('SoftBounce', { Details })).events
    expect(event).toMatchObject({ reason, diagnostic: Details })
    expect(event && 'status' in event ? event.status : undefined).toBe(status)
  })

  it('is not what Postmark says of all bounces of a type', () => {
    const [event] = read(posts.bounce('HardBounce', { Details: null, Description: 'a canned text' })).events
    expect(event).not.toHaveProperty('diagnostic')
  })
})

describe('metadata', () => {
  it('keeps the texts, whatever their names', () => {
    const post = posts.of(
      '{"RecordType":"Delivery","Recipient":"kim@example.com","Metadata":{"a":"1","b":2,"c":null,"a":"3","":"4"}}',
    )
    expect(read(post).events).toMatchObject([{ metadata: { a: '3', '': '4' } }])
  })
})
