import { isWebhookError } from '@bouncy/core'
import { type MailgunOptions, mailgun } from '@bouncy/mailgun'
import { createMailgunSigner, type MailgunPost, mailgunSamples } from '@bouncy/mailgun/testing'
import { toWebhookRequest } from '@bouncy/testkit'
import { describe, expect, it } from 'vitest'
import { NOW, signer, signerAt } from './read.ts'

const data = mailgunSamples.permanentFail()
const HOUR = 3_600_000

function outcome(post: MailgunPost, options: Partial<MailgunOptions> = {}): string {
  try {
    const own = mailgun({ signingKeys: [signer.signingKey], now: () => NOW, ...options })
    own.verify(toWebhookRequest(post))
    return 'accepted'
  } catch (error) {
    return isWebhookError(error) ? `${error.status} ${error.code}` : String(error)
  }
}

describe('keys', () => {
  const next = signerAt(NOW, 'the-next-key')

  it('may be several, so that one can be replaced', () => {
    const signingKeys = [signer.signingKey, next.signingKey]
    for (const { post } of [signer, next]) expect(outcome(post(data), { signingKeys })).toBe('accepted')
    expect(outcome(signer.post(data), { signingKeys: [next.signingKey] })).toBe('406 signature-wrong')
  })

  it('may be that of the account above, or that of the subaccount', () => {
    const sub = createMailgunSigner({ signingKey: 'sub', parentKey: signer.signingKey, now: () => NOW })
    expect(sub.sign()).toHaveProperty('parent-signature')
    expect(outcome(sub.post(data))).toBe('accepted')
    expect(outcome(sub.post(data), { signingKeys: ['sub'] })).toBe('accepted')
    expect(outcome(sub.post(data), { signingKeys: ['other'] })).toBe('406 signature-wrong')
  })

  it('are not repeated in the errors that refuse them', () => {
    const secret = 'a key with blanks'
    expect(() => mailgun({ signingKeys: [secret] })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(secret) }),
    )
  })
})

describe('the status', () => {
  it('ends the attempts where a later one would be no better', () => {
    expect(outcome(signerAt(NOW, 'another-key').post(data))).toBe('406 signature-wrong')
    expect(outcome(signer.post(data, null as never))).toBe('406 signature-wrong')
  })

  it('lets Mailgun go on where a clock can be set right', () => {
    expect(outcome(signerAt(NOW - 13 * HOUR).post(data))).toBe('403 too-old')
    expect(outcome(signerAt(NOW + HOUR).post(data))).toBe('403 from-the-future')
  })

  it('says nothing of age to those who could not sign', () => {
    expect(outcome(signerAt(NOW - 13 * HOUR, 'another-key').post(data))).toBe('406 signature-wrong')
  })
})

describe('the time', () => {
  it('may be that of the first of all attempts', () => {
    expect(outcome(signerAt(NOW - 8 * HOUR - 300_000).post(data))).toBe('accepted')
    expect(outcome(signerAt(NOW - 12 * HOUR).post(data))).toBe('accepted')
    expect(outcome(signerAt(NOW - 12 * HOUR - 1_000).post(data))).toBe('403 too-old')
  })

  it('may be five minutes ahead', () => {
    expect(outcome(signerAt(NOW + 300_000).post(data))).toBe('accepted')
    expect(outcome(signerAt(NOW + 301_000).post(data))).toBe('403 from-the-future')
  })

  it('is judged by the tolerance', () => {
    const toleranceMs = 60_000
    expect(outcome(signerAt(NOW - 60_000).post(data), { toleranceMs })).toBe('accepted')
    expect(outcome(signerAt(NOW - 61_000).post(data), { toleranceMs })).toBe('403 too-old')
  })

  it('may be written as a number', () => {
    const { timestamp, ...signature } = signer.sign()
    expect(outcome(signer.post(data, { ...signature, timestamp: Number(timestamp) } as never))).toBe(
      'accepted',
    )
  })
})

describe('a form', () => {
  it('is refused with what to switch on', () => {
    const own = mailgun({ signingKeys: [signer.signingKey], now: () => NOW })
    expect(() => own.verify(toWebhookRequest(signer.form({ event: 'bounced' })))).toThrow(
      /legacy webhook by one that posts JSON/,
    )
  })

  it('is what holds one, and not what says so', () => {
    const post = signer.post(data)
    post.headers['content-type'] = 'application/x-www-form-urlencoded'
    expect(outcome(post)).toBe('accepted')
    post.headers['content-type'] = 'text/plain'
    expect(outcome(post)).toBe('accepted')
  })
})

describe('the body', () => {
  it.each([
    ['a name of a variable twice', '{"user-variables":{"a":"1","a":"2"}}', 'accepted'],
    ['no event at all', 'null', 'accepted'],
    ['a name of an event twice', '{"message":{"headers":{"to":"a","to":"b"}}}', '400 body-malformed'],
    ['a name spelt otherwise', '{"event":"opened","\\u0065vent":"failed"}', '400 body-malformed'],
    ['64 levels', `{"a":${'['.repeat(63)}${']'.repeat(63)}}`, '400 body-malformed'],
    ['a blank and more', '{} {}', '400 body-malformed'],
  ])('%s', (_, event, expected) => {
    expect(outcome(signer.post(event))).toBe(expected)
  })

  it('may have other members, in any order', () => {
    const { signature, ...rest } = JSON.parse(signer.post(data).body)
    expect(outcome({ ...signer.post(data), body: JSON.stringify({ new: 1, ...rest, signature }) })).toBe(
      'accepted',
    )
  })
})
