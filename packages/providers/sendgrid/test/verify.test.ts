import { sendgrid } from '@bouncy/sendgrid'
import { sendgridSamples } from '@bouncy/sendgrid/testing'
import { toWebhookRequest } from '@bouncy/testkit'
import { describe, expect, it } from 'vitest'
import { NOW, provider, read, signer, signerAt } from './read.ts'

const HOUR = 3_600_000
const hard = [sendgridSamples.bounce()]

describe('a key', () => {
  const lines = (key: string): string => key.replace(/.{64}/g, '$&\r\n')
  const pem = (key: string): string => `-----BEGIN PUBLIC KEY-----\n${lines(key)}\n-----END PUBLIC KEY-----\n`

  it('may be one of several, and stand in PEM or in lines', () => {
    const other = signerAt(NOW)
    for (const written of [pem, lines, (key: string) => ` ${key} `]) {
      const both = sendgrid({
        publicKeys: [other, signer].map(({ publicKey }) => written(publicKey)),
        now: () => NOW,
      })
      for (const { post } of [signer, other]) expect(both.verify(toWebhookRequest(post(hard)))).toEqual(hard)
    }
  })

  it('is not repeated in the error that refuses it', () => {
    const key = Buffer.from('what somebody pasted').toString('base64')
    expect(() => sendgrid({ publicKeys: [key] })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(key) }),
    )
  })
})

describe('the signed time', () => {
  const accepts = (signed: number, toleranceMs?: number) => () => {
    const then = signerAt(signed)
    const options = { publicKeys: [then.publicKey], now: () => NOW, ...(toleranceMs ? { toleranceMs } : {}) }
    return sendgrid(options).verify(toWebhookRequest(then.post(hard)))
  }

  it('may be that of an event for which SendGrid has tried all its 24 hours', () => {
    expect(accepts(NOW - 25 * HOUR)).not.toThrow()
    expect(accepts(NOW - 25 * HOUR - 1000)).toThrow(expect.objectContaining({ code: 'too-old', status: 403 }))
  })

  it('may be as old as toleranceMs says, and at the most five minutes ahead whatever that says', () => {
    expect(accepts(NOW - 60_000, 60_000)).not.toThrow()
    expect(accepts(NOW - 61_000, 60_000)).toThrow(expect.objectContaining({ code: 'too-old' }))
    expect(accepts(NOW + 300_000, 60_000)).not.toThrow()
    expect(accepts(NOW + 301_000, 60_000)).toThrow(expect.objectContaining({ code: 'from-the-future' }))
  })
})

describe('a number', () => {
  it('that a double cannot hold is kept to its last digit, and others as numbers', () => {
    const body =
      '[{"event":"open","email":"kim@example.com","order":9007199254740993,"b":1e999,"c":1.5,"d":7}]'
    const { events } = read(signer.post(body))
    const numbers = { order: '9007199254740993', b: '1e999' }
    expect(events[0]).toMatchObject({
      metadata: { ...numbers, c: '1.5', d: '7' },
      raw: { ...numbers, c: 1.5, d: 7 },
    })
  })
})

describe('a signature', () => {
  it('is of the bytes as they came', () => {
    for (const body of ['[]', ' [\r\n]\r\n', '[{"a":"\\u00e9é"}]\n']) {
      const post = signer.post(body)
      expect(provider().verify(toWebhookRequest(post))).toEqual(JSON.parse(body))
      const bytes = new Uint8Array([...new TextEncoder().encode(body), 0x20])
      expect(() => provider().verify(toWebhookRequest({ ...post, body: bytes }))).toThrow(
        /fits none of publicKeys/,
      )
    }
  })

  it('does not fit when any of its bits is another', () => {
    const request = toWebhookRequest(signer.post(hard))
    const header = 'x-twilio-email-event-webhook-signature'
    const right = Buffer.from(request.header(header) ?? '', 'base64')
    expect(right.length).toBeGreaterThan(60)
    for (let bit = 0; bit < right.length * 8; bit += 1) {
      const bytes = Buffer.from(right)
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const signature = bytes.toString('base64')
      const forged = {
        ...request,
        header: (name: string) => (name === header ? signature : request.header(name)),
      }
      expect(() => provider().verify(forged)).toThrow(expect.objectContaining({ code: 'signature-wrong' }))
    }
  })
})
