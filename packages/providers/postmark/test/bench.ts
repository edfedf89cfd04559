import { timingSafeEqual } from 'node:crypto'
import { type BenchSubject, identity } from '@bouncy/config/bench'
import type { BounceReason, EventBase, MailEvent } from '@bouncy/core'
import { postmarkPosts } from '@bouncy/postmark/testing'

const credentials = { username: 'hook', password: 'a-password-of-some-length' }

/** Half deliveries, and of the rest most are bounces. */
export const subject: BenchSubject<typeof import('../src/index.ts')> = {
  package: '@bouncy/postmark',
  provider: (built, name) => built.postmark({ name, credentials: [credentials] }),
  posts(count) {
    const posts = postmarkPosts(credentials)
    return Array.from({ length: count }, (_, index) => {
      const id = { ID: 700_000_000 + index, MessageID: `5f2c7a10-93be-4b0d-9a3e-${1e11 + index}` }
      if (index % 2 === 0) return posts.delivery({ ...id, Recipient: `reader-${index}@example.com` })
      const one = { ...id, Email: `reader-${index}@example.com` }
      if (index % 10 === 1) return posts.spamComplaint(one)
      return posts.bounce(index % 10 === 3 ? 'SoftBounce' : 'HardBounce', one)
    })
  },
  reference(name) {
    const right = Buffer.from(
      `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`,
    )
    return (body, header) => {
      const given = Buffer.from(header('authorization') ?? '')
      if (given.length !== right.length || !timingSafeEqual(given, right)) throw new Error('not Postmark')
      const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()
      return [eventOf(name, JSON.parse(text) as Post)]
    }
  },
}

interface Post {
  readonly RecordType: string
  readonly ID: number
  readonly ServerID: number
  readonly MessageStream: string
  readonly MessageID: string
  readonly Tag: string
  readonly Metadata: Record<string, string>
  readonly Type: string
  readonly Email: string
  readonly From: string
  readonly Subject: string
  readonly Details: string
  readonly Inactive: boolean
  readonly BouncedAt: string
  readonly Recipient: string
  readonly DeliveredAt: string
}

const REASONS: Readonly<Record<string, BounceReason>> = {
  '5.1.1': 'mailbox-not-found',
  '5.1.2': 'domain-not-found',
  '4.2.2': 'mailbox-full',
  '5.2.2': 'mailbox-full',
}

function eventOf(provider: string, post: Post): MailEvent {
  const { RecordType, ID, ServerID, MessageStream, MessageID, Type = '', Inactive, Details } = post
  const recipient = post.Email ?? post.Recipient
  const time = post.BouncedAt ?? post.DeliveredAt
  const parts = [
    RecordType,
    ID,
    ServerID,
    MessageStream,
    MessageID,
    time,
    Type,
    Inactive ?? '',
    '',
    '',
    '',
    ID,
  ]
  const base: EventBase = {
    id: identity(provider, recipient, ...parts.map(String)),
    provider,
    recipient,
    timestamp: new Date(time).toISOString(),
    messageId: MessageID,
    stream: MessageStream,
    tags: [post.Tag],
    metadata: post.Metadata,
    raw: post,
  }
  const message = { from: post.From, subject: post.Subject }
  switch (RecordType) {
    case 'Bounce': {
      const status = /[245]\.\d{1,3}\.\d{1,3}/.exec(Details)?.[0] ?? ''
      return {
        ...base,
        message,
        type: 'bounce',
        bounceType: Type === 'HardBounce' ? 'hard' : 'soft',
        reason: REASONS[status] ?? 'unknown',
        countsAgainstRecipient: true,
        providerType: Type,
        status,
        diagnostic: Details,
      }
    }
    case 'SpamComplaint':
      return { ...base, message, type: 'complaint', feedbackType: 'abuse', certain: true }
    case 'Delivery':
      return { ...base, type: 'delivery', smtpResponse: Details }
    default:
      throw new Error('not understood')
  }
}
