import { createHmac, timingSafeEqual } from 'node:crypto'
import { type BenchSubject, identity } from '@bouncy/config/bench'
import type { BounceReason, EventBase, MailEvent } from '@bouncy/core'
import { createMailgunSigner, mailgunSamples } from '@bouncy/mailgun/testing'

const signer = createMailgunSigner()

/** Half deliveries, and of the rest most are bounces. */
export const subject: BenchSubject<typeof import('../src/index.ts')> = {
  package: '@bouncy/mailgun',
  provider: (built, name) => built.mailgun({ name, signingKeys: [signer.signingKey] }),
  posts: (count) =>
    Array.from({ length: count }, (_, index) => {
      const one = { id: `k${index}-AAAAAAAAAAAAAAAAAAA`, recipient: `reader-${index}@example.com` }
      if (index % 2 === 0) return signer.post(mailgunSamples.delivered(one))
      if (index % 10 === 1) return signer.post(mailgunSamples.complained(one))
      return signer.post(mailgunSamples.permanentFail(index % 10 === 3 ? 'generic' : 'bounce', one))
    }),
  reference(name) {
    return (body) => {
      const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()
      const post = JSON.parse(text) as Post
      const { timestamp, token, signature } = post.signature
      if (Math.abs(Date.now() - Number(timestamp) * 1000) > 43_200_000) throw new Error('too old')
      const right = createHmac('sha256', signer.signingKey)
        .update(timestamp + token)
        .digest()
      const given = Buffer.from(signature, 'hex')
      if (given.length !== right.length || !timingSafeEqual(given, right)) throw new Error('not Mailgun')
      return [eventOf(name, post['event-data'])]
    }
  },
}

interface Post {
  readonly signature: { readonly timestamp: string; readonly token: string; readonly signature: string }
  readonly 'event-data': Data
}

interface Data {
  readonly event: string
  readonly id: string
  readonly timestamp: number
  readonly recipient: string
  readonly reason: string
  readonly severity: string
  readonly tags: readonly string[]
  readonly 'user-variables': Readonly<Record<string, string>>
  readonly message: { readonly headers: Readonly<Record<'message-id' | 'from' | 'subject', string>> }
  readonly 'delivery-status': {
    readonly message: string
    readonly 'mx-host': string
    readonly 'enhanced-code': string | null
  }
}

const REASONS: Readonly<Record<string, BounceReason>> = {
  '5.1.1': 'mailbox-not-found',
  '5.1.2': 'domain-not-found',
  '5.2.2': 'mailbox-full',
}

function eventOf(provider: string, data: Data): MailEvent {
  const { event, id, timestamp, recipient, message, 'delivery-status': delivery } = data
  const { 'message-id': messageId, from, subject } = message.headers
  const base: EventBase = {
    id: identity(provider, recipient, event, id, String(timestamp)),
    recipient,
    provider,
    timestamp: new Date(Math.floor(timestamp * 1000)).toISOString(),
    messageId,
    tags: data.tags,
    metadata: data['user-variables'],
    message: { from, subject },
    raw: data,
  }
  switch (event) {
    case 'delivered':
      return {
        ...base,
        type: 'delivery',
        smtpResponse: delivery.message,
        remoteMta: delivery['mx-host'],
      }
    case 'complained':
      return { ...base, type: 'complaint', feedbackType: 'abuse', certain: true }
    case 'failed': {
      const status = delivery['enhanced-code'] ?? ''
      return {
        ...base,
        type: 'bounce',
        bounceType: data.reason === 'bounce' ? 'hard' : 'soft',
        reason: REASONS[status] ?? 'unknown',
        countsAgainstRecipient: true,
        providerType: `${data.severity}/${data.reason}`,
        status,
        diagnostic: delivery.message,
        remoteMta: delivery['mx-host'],
      }
    }
    default:
      throw new Error('not understood')
  }
}
