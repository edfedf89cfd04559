import { readFileSync } from 'node:fs'
import type { MailEvent } from '@bouncy/core'
import { resend } from '@bouncy/resend'
import { toWebhookRequest } from '@bouncy/testkit'
import { describe, expect, it } from 'vitest'
import { read, signer } from './read.ts'

/** Somebody else's reading of a payload. */
interface Expected {
  readonly file: string
  readonly kind: string
  readonly bounceClass: string | null
  readonly recipients: readonly string[]
  readonly providerMessageId: string
  readonly timestamp: string
  readonly diagnostic: string | null
  readonly status: string | null
  readonly events: readonly { readonly url?: string }[]
}

interface Signed {
  readonly name: string
  readonly secret: string
  readonly id: string
  readonly timestamp: string
  readonly body: string
  readonly signatureHeader: string
  readonly valid: boolean
}

const folder = new URL('resend/', `file://${process.env.BOUNCY_VECTORS}/`)
const text = (file: string): string => readFileSync(new URL(file, folder), 'utf8')
const payloads = JSON.parse(text('expected.json')) as readonly Expected[]
const { vectors: signed } = JSON.parse(text('verification.json')) as { readonly vectors: readonly Signed[] }

describe('the payloads', () => {
  it('are all there', () => expect(payloads).toHaveLength(7))

  it.each(payloads)('$file', ({ file, events, providerMessageId, recipients, ...expected }) => {
    const parsed = read(signer.post(text(file)))
    expect(parsed.quarantined ?? []).toEqual([])
    expect(parsed.events.map(inTheirWords)).toEqual(
      recipients.map((recipient) => ({
        kind: expected.kind,
        bounceClass: expected.bounceClass,
        recipient,
        messageId: providerMessageId,
        timestamp: expected.timestamp,
        diagnostic: expected.diagnostic,
        status: expected.status,
        url: events[0]?.url,
      })),
    )
  })
})

describe('the signatures', () => {
  it('are all there', () => expect(signed).toHaveLength(5))

  it.each(signed.flatMap((vector) => ['svix', 'webhook'].map((sender) => ({ ...vector, sender }))))(
    '$name, in $sender headers',
    ({ secret, id, timestamp, body, signatureHeader, valid, sender }) => {
      const request = toWebhookRequest({
        method: 'POST',
        headers: {
          [`${sender}-id`]: id,
          [`${sender}-timestamp`]: timestamp,
          [`${sender}-signature`]: signatureHeader,
        },
        body,
      })
      const verify = () => resend({ secrets: [secret], now: () => Number(timestamp) * 1000 }).verify(request)
      if (valid) expect(verify()).toEqual(JSON.parse(body))
      else expect(verify).toThrow(expect.objectContaining({ code: 'signature-wrong' }))
    },
  )
})

function inTheirWords(event: MailEvent): object {
  const facts: Partial<Record<string, unknown>> = { ...event }
  return {
    kind: event.type,
    bounceClass: facts.bounceType ?? null,
    recipient: event.recipient,
    messageId: event.messageId,
    timestamp: event.timestamp,
    diagnostic: facts.diagnostic ?? null,
    status: facts.status ?? null,
    url: facts.url,
  }
}
