import { reasonOf, statusIn, verdictOf } from '@bouncy/core/provider'
import { describe, expect, it } from 'vitest'

describe('the enhanced status code in a text', () => {
  it.each([
    ['5.1.1', '5.1.1'],
    ['550-5.1.1 two lines', '5.1.1'],
    ['smtp;550 #5.1.1', '5.1.1'],
    ['host mx.example.com said: 550 5.7.606, banned', '5.7.606'],
    ['(4.4.7) expired.', '4.4.7'],
    ['it is 5.2.2.', '5.2.2'],
    ['550 <kim-5.7.1@example.com>: 5.1.1 user unknown', '5.1.1'],
  ])('%j: %s', (text, status) => {
    expect(statusIn(text)).toBe(status)
  })

  it.each([
    '',
    '550 <kim-5.7.1@example.com>: user unknown',
    '550 kim+5.1.1@example.com is full',
    '550 5.1.1@example.com is full',
    '550 "5.1.1"@example.com is full',
    '550 "kim 5.1.1 "@example.com is full',
    '550 <bounces+kim=5.1.1@example.com>: user unknown',
    '550 kim@mx-5.1.1.example.com is full',
    '550 from mx-5.1.1.example.com',
    '550 from mx5.1.1.example.com',
    '550 from 5.1.1.4, or 45.1.1, or 8.5.1.1',
    'Exim 4.94.2',
    '354 3.1.1 is no class',
  ])('%j has none', (text) => {
    expect(statusIn(text)).toBeUndefined()
  })

  it('takes no time to look for, however long a stranger made the text', () => {
    const began = performance.now()
    for (const part of ['"', 'a', 'a@', '@', '5.1.', ' "a', '<a@b', '5.1.1@'])
      statusIn(`${part.repeat(1_000_000)} @`)
    expect(performance.now() - began).toBeLessThan(5_000)
  })
})

describe('why a message was refused', () => {
  it.each([
    ['5.1.1', '', 'mailbox-not-found', true],
    [undefined, '554 blocked using rbl.example.org', 'policy', false],
    [undefined, '550 <spam@example.com>: user unknown', 'mailbox-not-found', true],
    ['5.0.0', '550 5.2.3 no', 'message-too-large', false],
    ['5.0.0', '550 <kim.550-5.7.1@example.com>: no', 'unknown', true],
    [undefined, 'no', 'unknown', true],
    // a mailbox is full, and no message is too large
    [undefined, '552 Mail quota exceeded', 'mailbox-full', true],
    [undefined, '550 User quota exceeded', 'mailbox-full', true],
    [undefined, '552 Requested mail action aborted: exceeded storage allocation', 'mailbox-full', true],
    [undefined, '554 mailbox size limit exceeded', 'mailbox-full', true],
    [undefined, '552 message size exceeds mailbox limit', 'message-too-large', false],
    // nor does the sender send too much
    ['5.4.5', '550 5.4.5 Daily user sending quota exceeded', 'rate-limited', false],
    [undefined, '450 you exceeded the hourly message quota', 'rate-limited', false],
    // what Exchange Online says of who is not in its directory
    ['5.4.1', '550 5.4.1 Recipient address rejected: Access denied', 'mailbox-not-found', true],
    ['5.4.1', '550 5.4.1 All recipient addresses rejected : Access denied', 'mailbox-not-found', true],
  ])('%s %j: %s', (status, diagnostic, reason, countsAgainstRecipient) => {
    expect(verdictOf(reasonOf({ status, diagnostic }))).toEqual({ reason, countsAgainstRecipient })
  })
})
