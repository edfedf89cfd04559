import { parseSesMessage } from '@bouncy/ses'
import { sesMessages } from '@bouncy/ses/testing'
import { describe, expect, it } from 'vitest'

const messages = sesMessages()

function judged(bounceType: string, bounceSubType: string, report: object = {}) {
  const recipient = { emailAddress: 'reader@example.com', ...report }
  const [event] = parseSesMessage(
    messages.bounce({ bounceType, bounceSubType, recipients: [recipient] }),
  ).events
  return event?.type === 'bounce' ? event : undefined
}

describe('why a message bounced, and whether it counts against the recipient', () => {
  it.each([
    ['Permanent', 'NoEmail', 'mailbox-not-found', true],
    ['Permanent', 'Suppressed', 'suppressed', false],
    ['Permanent', 'OnAccountSuppressionList', 'suppressed', false],
    ['Permanent', 'OnTenantSuppressionList', 'suppressed', false],
    ['Permanent', 'EmailValidationSuppressed', 'suppressed', false],
    ['Permanent', 'UnsubscribedRecipient', 'suppressed', false],
    ['Permanent', 'General', 'unknown', true],
    ['Transient', 'MailboxFull', 'mailbox-full', true],
    ['Transient', 'MessageTooLarge', 'message-too-large', false],
    ['Transient', 'ContentRejected', 'content-rejected', false],
    ['Transient', 'AttachmentRejected', 'content-rejected', false],
    ['Transient', 'CustomTimeoutExceeded', 'expired', false],
    ['Transient', 'General', 'unknown', true],
    ['Undetermined', 'Undetermined', 'unknown', true],
    ['Permanent', 'toString', 'unknown', true],
  ])('%s/%s is %s (%s)', (type, subType, reason, countsAgainstRecipient) => {
    expect(judged(type, subType)).toMatchObject({
      reason,
      countsAgainstRecipient,
      providerType: `${type}/${subType}`,
    })
  })

  it.each([
    // codes that leave no doubt
    ['5.1.1', '', 'mailbox-not-found', true],
    ['5.1.2', '', 'domain-not-found', true],
    ['5.1.10', 'smtp; 556 5.1.10 recipient has a null MX', 'domain-not-found', true],
    ['5.4.4', '', 'domain-not-found', true],
    ['5.2.2', '', 'mailbox-full', true],
    ['4.2.2', '', 'mailbox-full', true],
    ['5.2.1', '', 'mailbox-inactive', true],
    ['5.2.3', '', 'message-too-large', false],
    ['4.4.7', '', 'expired', true],
    ['5.6.1', '', 'content-rejected', false],
    ['5.7.1', '', 'policy', false],
    [
      '5.7.509',
      'smtp; 550 5.7.509 the sending domain does not pass DMARC verification',
      'authentication',
      false,
    ],
    ['5.7.26', '', 'authentication', false],
    ['4.7.28', '', 'rate-limited', false],
    ['4.7.0', '', 'rate-limited', false],
    // what follows the code is left out, and a wrong code is none
    ['5.1.1 (no such user)', '', 'mailbox-not-found', true],
    ['550', 'smtp; 550 user unknown', 'mailbox-not-found', true],
    // the code in the diagnostic, where the report's own says nothing
    ['5.0.0', 'smtp; 550-5.1.1 try double-checking', 'mailbox-not-found', true],
    ['5.0.0', 'smtp; 550 see 5.1.1.9', 'unknown', true],
    // words
    [
      '5.0.0',
      'smtp; 550 <reader@example.com>: User unknown in virtual mailbox table',
      'mailbox-not-found',
      true,
    ],
    [
      '5.0.0',
      "smtp; 554 delivery error: This user doesn't have an example.com account",
      'mailbox-not-found',
      true,
    ],
    ['5.4.1', 'smtp; 550 5.4.1 Recipient address rejected: Access denied.', 'mailbox-not-found', true],
    ['5.5.0', 'smtp; 550 Requested action not taken: mailbox unavailable', 'mailbox-not-found', true],
    ['5.0.0', 'smtp; 550 no such domain here', 'domain-not-found', true],
    ['5.0.0', 'smtp; 550 sender address rejected: domain not found', 'policy', false],
    ['5.0.0', 'smtp; 552 the mailbox is\r\n full', 'mailbox-full', true],
    ['5.0.0', 'smtp; 550 this account has been disabled', 'mailbox-inactive', true],
    ['5.0.0', 'smtp; 552 Message size exceeds fixed maximum', 'message-too-large', false],
    ['5.7.1', 'smtp; 550 5.7.1 this looks like unsolicited mail', 'spam', false],
    ['5.7.1', 'smtp; 550 5.7.1 SPF check failed', 'authentication', false],
    ['5.7.1', 'smtp; 554 5.7.1 client host blocked using rbl.example', 'policy', false],
    ['5.0.0', 'smtp; 554 virus found', 'content-rejected', false],
    ['4.2.0', 'smtp; 450 4.2.0 recipient address rejected: greylisted', 'rate-limited', false],
    ['5.2.1', 'smtp; 550 5.2.1 the user is receiving mail too quickly', 'rate-limited', false],
    ['4.2.0', 'smtp; 450 4.2.0 mailbox temporarily unavailable', 'unknown', true],
    ['4.7.0', 'smtp; 421 4.7.0 temporarily deferred', 'rate-limited', false],
    ['5.3.0', 'smtp; 553 something else', 'unknown', true],
    [undefined, 'I am out of the office until Monday', 'auto-reply', false],
    // words that only an address holds say nothing
    [
      '5.0.0',
      'smtp; 550 <spam@example.com>: Recipient address rejected: User unknown',
      'mailbox-not-found',
      true,
    ],
    ['5.0.0', 'smtp; 550 <junk.mail@example.com>: User unknown', 'mailbox-not-found', true],
    ['5.0.0', 'smtp; 550 kim@rate-limit.example: User unknown', 'mailbox-not-found', true],
    ['5.0.0', 'smtp; 550 spam@example.com...User unknown', 'mailbox-not-found', true],
    ['5.0.0', 'smtp; 550 "spam folder"@example.com: User unknown', 'mailbox-not-found', true],
    ['5.0.0', 'smtp; 550 RCPT TO:<user@unknown.example> failed', 'unknown', true],
    [undefined, 'auto-reply@example.com: user unknown', 'mailbox-not-found', true],
    ['5.0.0', 'smtp; 550 <kim@example.com>: this looks like spam', 'spam', false],
    ['5.0.0', 'smtp; 550-5.1.1 <spam@example.com> try double-checking', 'mailbox-not-found', true],
    ['5.1.1', 'on vacation, it seems: user unknown', 'mailbox-not-found', true],
  ])('%s %s is %s (%s)', (status, diagnosticCode, reason, countsAgainstRecipient) => {
    const report = { ...(status && { status }), ...(diagnosticCode && { diagnosticCode }), action: 'failed' }
    expect(judged('Permanent', 'General', report)).toMatchObject({ reason, countsAgainstRecipient })
  })

  it('reads the beginning of a diagnostic, however long a stranger made it', () => {
    const told = (filler: number) => ({ diagnosticCode: `${'sender '.repeat(filler)} user unknown` })
    expect(judged('Permanent', 'General', told(100))).toMatchObject({ reason: 'mailbox-not-found' })
    expect(judged('Permanent', 'General', told(30_000))).toMatchObject({ reason: 'unknown' })
  })

  it.each([
    ['Permanent', '5.1.1', 'hard'],
    ['Permanent', '4.2.2', 'soft'],
    ['Permanent', undefined, 'hard'],
    ['Transient', '5.1.1', 'soft'],
    ['Transient', undefined, 'soft'],
    ['Undetermined', '5.1.1', 'undetermined'],
    ['', '5.1.1', 'undetermined'],
  ])('%s with %s is %s', (type, status, bounceType) => {
    expect(judged(type, 'General', status === undefined ? {} : { status })).toMatchObject({ bounceType })
  })

  it('goes by the action: late is late, whatever the code', () => {
    const recipients = [
      { emailAddress: 'one@example.com', action: 'Delayed ', status: '4.4.7' },
      { emailAddress: 'two@example.com', action: 'delayed', status: '5.1.1' },
      { emailAddress: 'three@example.com', action: 'delivered', status: '2.0.0' },
      { emailAddress: 'four@example.com', action: 'expanded', status: '5.1.1' },
      { emailAddress: 'five@example.com', action: 'failed', status: '2.0.0' },
    ]
    const { events } = parseSesMessage(messages.bounce({ recipients }))
    expect(events.map((event) => event.type)).toEqual([
      'deferral',
      'deferral',
      'delivery',
      'bounce',
      'bounce',
    ])
  })
})
