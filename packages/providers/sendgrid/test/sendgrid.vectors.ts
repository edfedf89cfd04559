import { readFileSync } from 'node:fs'
import type { MailEvent } from '@bouncy/core'
import { sendgrid } from '@bouncy/sendgrid'
import { toWebhookRequest } from '@bouncy/testkit'
import { describe, expect, it } from 'vitest'
import { read, signer } from './read.ts'

interface Expected {
  readonly file: string
  readonly events: readonly Details[]
}

/** Somebody else's reading of an element. */
interface Details {
  readonly kind: string
  readonly bounceClass: string | null
  readonly recipients: readonly string[]
  readonly providerMessageId: string
  readonly timestamp: string
  readonly diagnostic: string | null
  readonly status: string | null
  readonly url?: string
}

interface Signed {
  readonly name: string
  readonly publicKey: string
  readonly timestamp: string
  readonly body: string
  readonly signature: string
  readonly valid: boolean
}

const folder = new URL('sendgrid/', `file://${process.env.BOUNCY_VECTORS}/`)
const text = (file: string): string => readFileSync(new URL(file, folder), 'utf8')
const payloads = JSON.parse(text('expected.json')) as readonly Expected[]
const { vectors: signed } = JSON.parse(text('verification.json')) as { readonly vectors: readonly Signed[] }

describe('the payloads', () => {
  it('are all there', () => expect(payloads).toHaveLength(12))

  it.each(payloads)('$file', ({ file, events }) => {
    const parsed = read(signer.post(text(file)))
    expect(parsed.quarantined).toEqual([])
    expect(parsed.events.map(inTheirWords)).toEqual(events.map(inOurs))
  })
})

describe('the signatures', () => {
  it('are all there', () => expect(signed).toHaveLength(5))

  it.each(signed)('$name', ({ publicKey, timestamp, body, signature, valid }) => {
    const now = (Number(timestamp) || 1_600_112_502) * 1000
    const request = toWebhookRequest({
      method: 'POST',
      headers: {
        'X-Twilio-Email-Event-Webhook-Signature': signature,
        'X-Twilio-Email-Event-Webhook-Timestamp': timestamp,
      },
      body,
    })
    const verify = () => sendgrid({ publicKeys: [publicKey], now: () => now }).verify(request)
    if (valid) expect(verify()).toEqual(JSON.parse(body))
    else expect(verify).toThrow(expect.objectContaining({ code: 'signature-wrong' }))
  })
})

/** Theirs as we decided it, and why. */
function inOurs({ providerMessageId, recipients, status, ...details }: Details): object {
  return {
    kind: details.kind,
    bounceClass: details.bounceClass,
    recipient: recipients[0],
    // cut at the first dot: that is the id which sending returned, and which a caller has kept
    messageId: providerMessageId.split('.')[0],
    timestamp: details.timestamp,
    diagnostic: details.diagnostic,
    // a delivery has no status of its own: what the server said stands in smtpResponse
    status: details.kind === 'delivery' ? null : status,
    url: details.url,
  }
}

function inTheirWords(event: MailEvent): object {
  const facts: Partial<Record<string, unknown>> = { ...event }
  return {
    kind: event.type,
    bounceClass: facts.bounceType ?? null,
    recipient: event.recipient,
    messageId: event.messageId,
    timestamp: event.timestamp,
    diagnostic: facts.diagnostic ?? facts.smtpResponse ?? null,
    status: facts.status ?? null,
    url: facts.url,
  }
}
