import { resend } from '@bouncy/resend'
import { createResendSigner, type ResendPost, resendSamples } from '@bouncy/resend/testing'
import { toWebhookRequest } from '@bouncy/testkit'
import { describe, expect, it } from 'vitest'
import { NOW, provider, signer, signerAt } from './read.ts'

const body = resendSamples.bounced()
const verify = (post: ResendPost, own = provider()) => own.verify(toWebhookRequest(post))

describe('secrets', () => {
  const old = signerAt(NOW)
  const secrets = [...signer.secrets, ...old.secrets]

  it('are any of several', () => {
    const both = resend({ secrets, now: () => NOW })
    for (const { post } of [old, signer]) expect(verify(post(body), both)).toEqual(body)
  })

  it('may all have signed while one is rotated, in any order and beside other versions', () => {
    const rotating = createResendSigner({ secrets: [...old.secrets, ...signer.secrets], now: () => NOW })
    expect(verify(rotating.post(body))).toEqual(body)
    const post = signer.post(body)
    const signature = `v2,x v1a,${'A'.repeat(86)}== v1,short ${post.headers['svix-signature']} v1`
    expect(verify({ ...post, headers: { ...post.headers, 'svix-signature': signature } })).toEqual(body)
  })

  it('may come with a line end', () => {
    const own = resend({ secrets: signer.secrets.map((secret) => `${secret}\n`), now: () => NOW })
    expect(verify(signer.post(body), own)).toEqual(body)
  })

  it('are not repeated in the error that refuses them', () => {
    const secret = `whsec_${Buffer.from('what is left').toString('base64')}`
    expect(() => resend({ secrets: [secret] })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(secret.slice(6)) }),
    )
  })
})

describe('the headers', () => {
  it('may be those of Standard Webhooks', () => {
    const post = signer.post(body)
    const named = Object.entries(post.headers).map(([name, value]) => [
      name.replace('svix', 'webhook'),
      value,
    ])
    expect(verify({ ...post, headers: Object.fromEntries(named) })).toEqual(body)
  })

  it('are not taken half from the one family and half from the other', () => {
    const post = signer.post(body)
    const { 'svix-signature': signature = '', ...headers } = post.headers
    expect(() => verify({ ...post, headers: { ...headers, 'webhook-signature': signature } })).toThrow(
      /no Svix/,
    )
  })

  it('cannot be cut otherwise than they were signed', () => {
    const post = signer.post('{"a":1}', 'msg_1.5')
    expect(() => verify(post)).toThrow(expect.objectContaining({ code: 'signature-wrong' }))
  })
})

describe('the signed time', () => {
  const accepts = (signed: number, toleranceMs?: number) => () => {
    const then = signerAt(signed)
    const options = { secrets: then.secrets, now: () => NOW, ...(toleranceMs ? { toleranceMs } : {}) }
    return verify(then.post(body), resend(options))
  }

  it.each([
    [undefined, 300],
    [60_000, 60],
    [3_600_000, 3600],
  ])('may differ by toleranceMs (%s) either way', (toleranceMs, seconds) => {
    expect(accepts(NOW - seconds * 1000, toleranceMs)).not.toThrow()
    expect(accepts(NOW + seconds * 1000, toleranceMs)).not.toThrow()
    const [past, future] = [
      accepts(NOW - seconds * 1000 - 1000, toleranceMs),
      accepts(NOW + seconds * 1000 + 1000, toleranceMs),
    ]
    expect(past).toThrow(expect.objectContaining({ code: 'too-old', status: 403 }))
    expect(future).toThrow(expect.objectContaining({ code: 'from-the-future', status: 403 }))
  })
})

describe('a body', () => {
  it('may name a tag twice, as the sender may have, but nothing that is read', () => {
    expect(verify(signer.post('{"data":{"tags":{"a":"1","a":"2"}}}'))).toEqual({ data: { tags: { a: '2' } } })
    expect(() => verify(signer.post('{"data":{"to":[],"to":["kim@example.com"]}}'))).toThrow(
      expect.objectContaining({ code: 'body-malformed' }),
    )
  })
})

describe('a number', () => {
  it('that a double cannot hold is kept to its last digit, and others as numbers', () => {
    const post = signer.post('{"type":"domain.created","a":9007199254740993,"b":1e999,"c":1.5,"d":7}')
    expect(verify(post)).toMatchObject({ a: '9007199254740993', b: '1e999', c: 1.5, d: 7 })
  })
})

describe('a signature', () => {
  it('is of the bytes as they came', () => {
    for (const text of ['{}', ' {\r\n}\r\n', '{"a":"\\u00e9é","b":1.0}\n']) {
      const post = signer.post(text)
      expect(verify(post)).toEqual(JSON.parse(text))
      const bytes = new Uint8Array([...new TextEncoder().encode(text), 0x20])
      expect(() => provider().verify(toWebhookRequest({ ...post, body: bytes }))).toThrow(
        /fits none of secrets/,
      )
    }
  })

  it('is of bytes, not of the text that they might mean', () => {
    const post = signer.post('{"a":"\uFFFD"}')
    const bytes = Uint8Array.from([...'{"a":"'].map((c) => c.charCodeAt(0)).concat(0xff, 0x22, 0x7d))
    expect(() => provider().verify(toWebhookRequest({ ...post, body: bytes }))).toThrow(
      /fits none of secrets/,
    )
  })

  it('does not fit when any of its bits is another', () => {
    const post = signer.post(body)
    const right = Buffer.from(post.headers['svix-signature']?.slice(3) ?? '', 'base64')
    expect(right).toHaveLength(32)
    for (let bit = 0; bit < 256; bit += 1) {
      const bytes = Buffer.from(right)
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const headers = { ...post.headers, 'svix-signature': `v1,${bytes.toString('base64')}` }
      expect(() => verify({ ...post, headers })).toThrow(/fits none of secrets/)
    }
  })
})
