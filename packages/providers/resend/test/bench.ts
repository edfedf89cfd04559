import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { type BenchSubject, identity } from '@bouncy/config/bench'
import type { EventBase, MailEvent } from '@bouncy/core'
import { createResendSigner, resendSamples } from '@bouncy/resend/testing'

const signer = createResendSigner()

/** Half deliveries, and of the rest most are bounces. */
export const subject: BenchSubject<typeof import('../src/index.ts')> = {
  package: '@bouncy/resend',
  provider: (built, name) => built.resend({ name, secrets: signer.secrets }),
  posts: (count) =>
    Array.from({ length: count }, (_, index) => {
      const one = { to: [`reader-${index}@example.com`], email_id: `5f2c7a10-93be-4b0d-9a3e-${1e11 + index}` }
      if (index % 2 === 0) return signer.post(resendSamples.delivered(one))
      if (index % 10 === 1) return signer.post(resendSamples.complained(one))
      return signer.post(
        resendSamples.bounced(index % 10 === 3 ? 'Transient/MailboxFull' : 'Permanent/NoEmail', one),
      )
    }),
  reference(name) {
    const key = createSecretKey(signer.secrets[0]?.slice('whsec_'.length) ?? '', 'base64')
    return (body, header) => {
      const id = header('svix-id')
      const timestamp = header('svix-timestamp')
      if (Math.abs(Date.now() - Number(timestamp) * 1000) > 300_000) throw new Error('too old')
      const right = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')
      const genuine = (header('svix-signature') ?? '').split(' ').some((one) => isSame(one, `v1,${right}`))
      if (!genuine) throw new Error('not Resend')
      const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()
      return eventsOf(name, JSON.parse(text) as Post)
    }
  },
}

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))

interface Post {
  readonly type: string
  readonly created_at: string
  readonly data: {
    readonly created_at: string
    readonly email_id: string
    readonly message_id: string
    readonly from: string
    readonly to: readonly string[]
    readonly subject: string
    readonly tags: Readonly<Record<string, string>>
    readonly bounce: { readonly type: string; readonly subType: string; readonly message: string }
  }
}

function eventsOf(provider: string, post: Post): readonly MailEvent[] {
  const { type, created_at, data } = post
  return data.to.map((recipient): MailEvent => {
    const base: EventBase = {
      id: identity(provider, recipient, type, data.email_id, created_at, ''),
      recipient,
      provider,
      timestamp: new Date(created_at).toISOString(),
      messageId: data.email_id,
      tags: Object.entries(data.tags).map(([tag, value]) => `${tag}=${value}`),
      metadata: { 'message-id': data.message_id, ...data.tags },
      message: {
        from: data.from,
        subject: data.subject,
        sentAt: new Date(data.created_at).toISOString(),
      },
      raw: post,
    }
    switch (type) {
      case 'email.delivered':
        return { ...base, type: 'delivery' }
      case 'email.complained':
        return { ...base, type: 'complaint', feedbackType: 'abuse', certain: data.to.length === 1 }
      case 'email.bounced':
        return {
          ...base,
          type: 'bounce',
          bounceType: data.bounce.type === 'Permanent' ? 'hard' : 'soft',
          reason: data.bounce.subType === 'MailboxFull' ? 'mailbox-full' : 'mailbox-not-found',
          countsAgainstRecipient: true,
          providerType: `${data.bounce.type}/${data.bounce.subType}`,
          diagnostic: data.bounce.message,
        }
      default:
        throw new Error('not understood')
    }
  })
}
