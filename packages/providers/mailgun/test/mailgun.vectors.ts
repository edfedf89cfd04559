import { readFileSync } from 'node:fs'
import type { MailEvent } from '@bouncy/core'
import { mailgun } from '@bouncy/mailgun'
import { toWebhookRequest } from '@bouncy/testkit'
import { describe, expect, it } from 'vitest'
import { provider, read, signer } from './read.ts'

/** Somebody else's reading of a payload. */
interface Expected {
  readonly file: string
  readonly kind: string
  readonly bounceClass: string | null
  readonly recipients: readonly string[]
  readonly providerMessageId: string | null
  readonly timestamp: string | null
  readonly diagnostic: string | null
  readonly status: string | null
  readonly http: { readonly contentType: string }
}

interface Signed {
  readonly name: string
  readonly signingKey: string
  readonly timestamp: string
  readonly token: string
  readonly signature: string
  readonly valid: boolean
}

const folder = new URL('mailgun/', `file://${process.env.BOUNCY_VECTORS}/`)
const text = (file: string): string => readFileSync(new URL(file, folder), 'utf8')
const vectors = JSON.parse(text('expected.json')) as readonly Expected[]
const [payloads, forms] = [true, false].map((json) =>
  vectors.filter(({ http }) => (http.contentType === 'application/json') === json),
) as [Expected[], Expected[]]
const { vectors: signed } = JSON.parse(text('verification.json')) as { readonly vectors: readonly Signed[] }

/** Where our reading is not that of `expected.json`, and why. */
const OTHERWISE: Readonly<Record<string, { readonly why: string; readonly quarantined: string }>> = {
  'anymail-delivery-status-is-none.json': {
    why: 'an event of nobody cannot be one: no recipient, id or time, kept for whoever wants to look',
    quarantined: 'recipient-missing',
  },
}

describe('the payloads', () => {
  it('are all there', () => {
    expect([payloads.length, forms.length]).toEqual([12, 8])
    expect(Object.keys(OTHERWISE).filter((file) => !payloads.some((one) => one.file === file))).toEqual([])
  })

  it.each(payloads)('$file', ({ file, recipients, ...expected }) => {
    const parsed = read(signer.post(JSON.parse(text(file))['event-data']))
    const otherwise = OTHERWISE[file]
    expect((parsed.quarantined ?? []).map(({ reason }) => reason)).toEqual(
      otherwise === undefined ? [] : [otherwise.quarantined],
    )
    expect(parsed.events.map(inTheirWords)).toEqual(
      recipients.map((recipient) => ({
        kind: expected.kind,
        bounceClass: expected.bounceClass,
        recipient,
        messageId: expected.providerMessageId,
        timestamp: expected.timestamp,
        diagnostic: expected.diagnostic,
        status: expected.status,
      })),
    )
  })

  it.each(forms)('$file: a form, whose sender is told what to switch on', ({ file, http }) => {
    const fields = Object.entries(JSON.parse(text(file))).map(([name, value]) => [name, String(value)])
    const post = signer.form(Object.fromEntries(fields))
    const request = toWebhookRequest({ ...post, headers: { 'content-type': http.contentType } })
    expect(() => provider().verify(request)).toThrow(expect.objectContaining({ code: 'form-not-supported' }))
  })
})

describe('the signatures', () => {
  it('are all there', () => {
    expect(signed).toHaveLength(20)
    expect(signed.filter(({ valid }) => !valid)).toHaveLength(1)
  })

  it.each(signed)('$name', ({ signingKey, valid, timestamp, token, signature }) => {
    const request = toWebhookRequest(signer.post({ event: 'opened' }, { timestamp, token, signature }))
    const own = mailgun({ signingKeys: ['another', signingKey], now: () => Number(timestamp) * 1000 })
    if (valid) expect(own.verify(request)).toMatchObject({ data: { event: 'opened' }, token: { id: token } })
    else
      expect(() => own.verify(request)).toThrow(
        expect.objectContaining({ code: 'signature-wrong', status: 406 }),
      )
  })

  it.each([
    'symfony-clicks.json',
    'symfony-unsubscribes.json',
    'symfony-permanent-failure-no-description.json',
  ])('%s, as it was posted', (file) => {
    const { timestamp, token } = JSON.parse(text(file)).signature
    const signingKeys = signed.filter((one) => one.token === token).map((one) => one.signingKey)
    const own = mailgun({ signingKeys, now: () => Number(timestamp) * 1000 })
    const request = toWebhookRequest({ method: 'POST', headers: {}, body: text(file) })
    expect(own.verify(request)).toMatchObject({ data: JSON.parse(text(file))['event-data'] })
  })
})

function inTheirWords(event: MailEvent): object {
  const facts: Partial<Record<string, unknown>> = { ...event }
  return {
    kind: event.type,
    bounceClass: facts.bounceType ?? null,
    recipient: event.recipient,
    messageId: event.messageId ?? null,
    timestamp: event.timestamp,
    diagnostic: facts.diagnostic ?? facts.smtpResponse ?? null,
    status: facts.status ?? null,
  }
}
