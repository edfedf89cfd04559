import { type BenchSubject, identity, snsByHand } from '@bouncy/config/bench'
import { createRandom, signingKey } from '@bouncy/config/fuzz'
import type { BounceReason, MailEvent } from '@bouncy/core'
import { sesPosts } from '@bouncy/ses/testing'
import { createSnsSigner } from '@bouncy/sns/testing'

const topicArn = 'arn:aws:sns:us-east-1:111122223333:mail-events'
/** The same key and certificate in every process: one makes the posts, and others take them. */
const signer = createSnsSigner({
  key: signingKey(createRandom('bench')),
  certificate: { validFrom: new Date('2026-01-01'), validTo: new Date('2046-01-01') },
})

/** Event publishing, signature version 1: half deliveries, and of the rest most are bounces. */
export const subject: BenchSubject<typeof import('../src/index.ts')> = {
  package: '@bouncy/ses',
  provider: (built, name) => built.ses({ name, topicArns: [topicArn], fetch: signer.fetch }),
  posts(count) {
    const posts = sesPosts({ signer, topicArn })
    const tags = { campaign: 'welcome' }
    return Array.from({ length: count }, (_, index) => {
      const one = { recipients: [`reader-${index}@example.com`], tags }
      if (index % 2 === 0) return posts.delivery(one)
      if (index % 10 === 1) return posts.complaint(one)
      return index % 10 === 3
        ? posts.bounce({ ...one, bounceType: 'Transient', bounceSubType: 'MailboxFull' })
        : posts.bounce(one)
    })
  },
  reference(name) {
    const verify = snsByHand(topicArn, { [signer.certificateUrl(topicArn)]: signer.certificate })
    return (body) => {
      const { Message } = verify(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString())
      return eventsOf(name, JSON.parse(Message) as Message)
    }
  },
}

interface Recipient {
  readonly emailAddress: string
  readonly action?: string
  readonly status?: string
  readonly diagnosticCode?: string
}

interface Message {
  readonly eventType: string
  readonly mail: {
    readonly timestamp: string
    readonly messageId: string
    readonly headers: readonly { readonly name: string; readonly value: string }[]
    readonly commonHeaders: { readonly from: readonly [string]; readonly subject: string }
    readonly tags: Readonly<Record<string, readonly string[]>>
  }
  readonly bounce: {
    readonly feedbackId: string
    readonly bounceType: string
    readonly bounceSubType: string
    readonly bouncedRecipients: readonly Recipient[]
    readonly timestamp: string
    readonly reportingMTA: string
    readonly remoteMtaIp: string
  }
  readonly complaint: {
    readonly feedbackId: string
    readonly complainedRecipients: readonly Recipient[]
    readonly timestamp: string
    readonly userAgent: string
    readonly complaintFeedbackType: 'abuse'
    readonly arrivalDate: string
  }
  readonly delivery: {
    readonly timestamp: string
    readonly processingTimeMillis: number
    readonly recipients: readonly string[]
    readonly smtpResponse: string
    readonly remoteMtaIp: string
    readonly reportingMTA: string
  }
}

const REASONS: Readonly<Record<string, BounceReason>> = {
  '5.1.1': 'mailbox-not-found',
  '5.1.2': 'domain-not-found',
  '5.2.1': 'mailbox-inactive',
  '4.2.2': 'mailbox-full',
  '5.2.2': 'mailbox-full',
  '5.7.1': 'policy',
}

const iso = (time: string): string => new Date(time).toISOString()

function eventsOf(provider: string, message: Message): readonly MailEvent[] {
  const { mail, bounce, complaint, delivery } = message
  const tags: string[] = []
  const metadata: Record<string, string> = {}
  for (const { name, value } of mail.headers) {
    if (name.toLowerCase() === 'message-id') metadata['message-id'] = value
  }
  for (const [tag, values] of Object.entries(mail.tags)) {
    if (tag.startsWith('ses:')) continue
    for (const value of values) tags.push(`${tag}=${value}`)
    metadata[tag] = values.join(',')
  }
  const base = (recipient: string, timestamp: string, ...parts: readonly string[]) => ({
    id: identity(provider, recipient, ...parts),
    recipient,
    provider,
    timestamp: iso(timestamp),
    messageId: mail.messageId,
    stream: mail.tags['ses:configuration-set']?.[0] ?? '',
    tags,
    metadata,
    message: {
      from: mail.commonHeaders.from[0],
      subject: mail.commonHeaders.subject,
      sentAt: iso(mail.timestamp),
    },
    raw: message,
  })
  switch (message.eventType) {
    case 'Bounce':
      return bounce.bouncedRecipients.map(
        ({ emailAddress, action = '', status = '', diagnosticCode = '' }) => ({
          ...base(emailAddress, bounce.timestamp, 'bounce', bounce.feedbackId),
          type: 'bounce',
          bounceType: bounce.bounceType === 'Permanent' ? 'hard' : 'soft',
          reason: REASONS[status] ?? 'unknown',
          countsAgainstRecipient: REASONS[status] !== 'policy',
          providerType: `${bounce.bounceType}/${bounce.bounceSubType}`,
          status,
          diagnostic: diagnosticCode,
          action,
          reportingMta: bounce.reportingMTA,
          remoteMta: bounce.remoteMtaIp,
        }),
      )
    case 'Complaint':
      return complaint.complainedRecipients.map(({ emailAddress }) => ({
        ...base(emailAddress, complaint.timestamp, 'complaint', complaint.feedbackId),
        type: 'complaint',
        feedbackType: complaint.complaintFeedbackType,
        certain: complaint.complainedRecipients.length === 1,
        userAgent: complaint.userAgent,
        arrivedAt: iso(complaint.arrivalDate),
      }))
    case 'Delivery':
      return delivery.recipients.map((recipient) => ({
        ...base(
          recipient,
          delivery.timestamp,
          'delivery',
          mail.messageId,
          iso(delivery.timestamp),
          '',
          '',
          '',
        ),
        type: 'delivery',
        smtpResponse: delivery.smtpResponse,
        processingMs: delivery.processingTimeMillis,
        remoteMta: delivery.remoteMtaIp,
        reportingMta: delivery.reportingMTA,
      }))
    default:
      throw new Error('not understood')
  }
}
