import { createPublicKey, verify } from 'node:crypto'
import { type BenchSubject, identity } from '@bouncy/config/bench'
import type { BounceReason, EventBase, MailEvent } from '@bouncy/core'
import { createSendgridSigner, sendgridSamples } from '@bouncy/sendgrid/testing'

const signer = createSendgridSigner()

/** Half deliveries, and of the rest most are bounces. */
export const subject: BenchSubject<typeof import('../src/index.ts')> = {
  package: '@bouncy/sendgrid',
  provider: (built, name) => built.sendgrid({ name, publicKeys: [signer.publicKey] }),
  posts: (count) =>
    Array.from({ length: count }, (_, index) => {
      const one = { email: `reader-${index}@example.com`, sg_message_id: `m${index}.recvd-69c5d7f7b4.0` }
      if (index % 2 === 0) return signer.post([sendgridSamples.delivered(one)])
      if (index % 10 === 1) return signer.post([sendgridSamples.spamreport(one)])
      return signer.post([index % 10 === 3 ? sendgridSamples.blocked(one) : sendgridSamples.bounce(one)])
    }),
  reference(name) {
    const key = createPublicKey({ key: Buffer.from(signer.publicKey, 'base64'), format: 'der', type: 'spki' })
    return (body, header) => {
      const timestamp = header('x-twilio-email-event-webhook-timestamp') ?? ''
      const signature = Buffer.from(header('x-twilio-email-event-webhook-signature') ?? '', 'base64')
      if (Math.abs(Date.now() - Number(timestamp) * 1000) > 90_000_000) throw new Error('too old')
      if (!verify('sha256', Buffer.concat([Buffer.from(timestamp), body]), key, signature))
        throw new Error('not SendGrid')
      const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()
      return (JSON.parse(text) as readonly Element[]).map((element) => eventOf(name, element))
    }
  },
}

interface Element {
  readonly event: string
  readonly email: string
  readonly timestamp: number
  readonly sg_message_id: string
  readonly category: readonly string[]
  readonly type: string
  readonly bounce_classification: string
  readonly reason: string
  readonly response: string
  readonly status: string
  readonly ip: string
}

const RESERVED = new Set(['event', 'email', 'timestamp', 'smtp-id', 'category', 'type', 'status', 'reason'])
for (const name of ['response', 'ip', 'tls', 'bounce_classification', 'url', 'useragent', 'attempt'])
  RESERVED.add(name)

const CLASSES: Readonly<Record<string, BounceReason>> = {
  'Invalid Address': 'mailbox-not-found',
  'Mailbox Unavailable': 'mailbox-inactive',
  Reputation: 'policy',
  Content: 'content-rejected',
}

function eventOf(provider: string, element: Element): MailEvent {
  const { event, email, timestamp, sg_message_id, reason, response, type, status, ip = '' } = element
  const metadata: Record<string, string> = {}
  for (const [name, value] of Object.entries(element)) {
    if (!RESERVED.has(name) && !name.startsWith('sg_')) metadata[name] = String(value)
  }
  const parts = [event, sg_message_id, String(timestamp), '', reason ?? response ?? '', '', '', ip]
  const base: EventBase = {
    id: identity(provider, email, ...parts),
    provider,
    recipient: email,
    timestamp: new Date(timestamp * 1000).toISOString(),
    messageId: sg_message_id.slice(0, sg_message_id.indexOf('.')),
    tags: element.category,
    metadata,
    raw: element,
  }
  switch (event) {
    case 'delivered':
      return { ...base, type: 'delivery', smtpResponse: response }
    case 'spamreport':
      return { ...base, type: 'complaint', feedbackType: 'abuse', certain: true }
    case 'bounce':
      return {
        ...base,
        type: 'bounce',
        bounceType: type === 'blocked' ? 'soft' : 'hard',
        reason: CLASSES[element.bounce_classification] ?? 'unknown',
        countsAgainstRecipient: element.bounce_classification === 'Invalid Address',
        providerType: `${type}/${element.bounce_classification}`,
        status,
        diagnostic: reason,
      }
    default:
      throw new Error('not understood')
  }
}
