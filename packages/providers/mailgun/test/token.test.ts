import { type Bouncy, createBouncy, memoryStore } from '@bouncy/core'
import { mailgun } from '@bouncy/mailgun'
import { createMailgunSigner, type MailgunPost, mailgunSamples } from '@bouncy/mailgun/testing'
import { toWebhookRequest } from '@bouncy/testkit'
import { describe, expect, it } from 'vitest'
import { NOW, provider, signer, signerAt } from './read.ts'

const bounced = mailgunSamples.permanentFail('bounce', { recipient: 'gone@example.com' })
const invented = mailgunSamples.complained({ recipient: 'victim@example.com' })

const setUp = (): Bouncy => createBouncy({ providers: [provider()], store: memoryStore(), now: () => NOW })

async function send(bouncy: Bouncy, post: MailgunPost, name = 'mailgun'): Promise<number> {
  return (await bouncy.fetch(new Request(`https://example.org/webhooks/${name}`, post))).status
}

const tokensOf = (post: MailgunPost) =>
  provider().parse(provider().verify(toWebhookRequest(post)) as never).tokens

describe('a signature that somebody has seen', () => {
  it('proves no other event', async () => {
    const bouncy = setUp()
    const signature = signer.sign()
    expect(await send(bouncy, signer.post(bounced, signature))).toBe(200)
    expect(await send(bouncy, signer.post(invented, signature))).toBe(406)
    expect(await bouncy.isSuppressed('victim@example.com')).toBe(false)
    expect((await bouncy.events()).items).toHaveLength(1)
    // and the attempts of Mailgun go on being answered
    expect(await send(bouncy, signer.post(bounced, signature))).toBe(200)
  })

  it.each([
    ['with another recipient', { ...bounced, recipient: 'victim@example.com' }],
    ['with a member more', { ...bounced, more: null }],
    ['with a member less', { ...bounced, tags: undefined }],
    ['with another variable', { ...bounced, 'user-variables': { customer: '4712' } }],
    ['as a list', [bounced]],
    ['empty', {}],
  ])('proves no other event: %s', async (_, other) => {
    const bouncy = setUp()
    const signature = signer.sign()
    expect(await send(bouncy, signer.post(bounced, signature))).toBe(200)
    expect(await send(bouncy, signer.post(other, signature))).toBe(406)
    expect((await bouncy.quarantined()).items).toEqual([])
  })

  it('proves no event where it was of one that is not understood', async () => {
    const bouncy = setUp()
    const signature = signer.sign()
    expect(await send(bouncy, signer.post(mailgunSamples.stored(), signature))).toBe(200)
    expect(await send(bouncy, signer.post(invented, signature))).toBe(406)
  })

  it('proves one of two events that come at once', async () => {
    const bouncy = setUp()
    const signature = signer.sign()
    const statuses = await Promise.all(
      [bounced, invented].map((event) => send(bouncy, signer.post(event, signature))),
    )
    expect(statuses.sort()).toEqual([200, 406])
    expect((await bouncy.events()).items).toHaveLength(1)
  })
})

describe('another attempt', () => {
  it('is taken, and changes nothing', async () => {
    const bouncy = setUp()
    const post = signer.post(bounced)
    for (const _ of [1, 2, 3]) expect(await send(bouncy, post)).toBe(200)
    expect((await bouncy.events()).items).toHaveLength(1)
  })

  it('may be written otherwise', async () => {
    const bouncy = setUp()
    const signature = signer.sign()
    const reversed = Object.fromEntries(Object.entries(bounced).reverse())
    expect(await send(bouncy, signer.post(bounced, signature))).toBe(200)
    expect(await send(bouncy, signer.post(JSON.stringify(bounced, null, 4), signature))).toBe(200)
    expect(await send(bouncy, signer.post(reversed, signature))).toBe(200)
    const escaped = JSON.stringify(bounced).replaceAll('/', '\\/').replace('gone@', '\\u0067one@')
    expect(await send(bouncy, signer.post(escaped, signature))).toBe(200)
    expect((await bouncy.events()).items).toHaveLength(1)
  })

  it('is taken after a handler failed', async () => {
    const bouncy = setUp()
    let attempts = 0
    bouncy.on('bounce', () => {
      attempts += 1
      if (attempts === 1) throw new Error('not yet')
    })
    const post = signer.post(bounced)
    expect(await send(bouncy, post)).toBe(503)
    expect(await send(bouncy, post)).toBe(200)
    expect(attempts).toBe(2)
    await bouncy.close()
  })

  it('may have another signature', async () => {
    const bouncy = setUp()
    for (const _ of [1, 2]) expect(await send(bouncy, signer.post(bounced))).toBe(200)
    expect((await bouncy.events()).items).toHaveLength(1)
  })
})

describe('a token', () => {
  it('is of one provider: the same post may go to two', async () => {
    const two = ['mailgun', 'mailgun-eu'].map((name) =>
      mailgun({ name, signingKeys: [signer.signingKey], now: () => NOW }),
    )
    const bouncy = createBouncy({ providers: two, store: memoryStore(), now: () => NOW })
    const signature = signer.sign()
    expect(await send(bouncy, signer.post(bounced, signature))).toBe(200)
    expect(await send(bouncy, signer.post(invented, signature), 'mailgun-eu')).toBe(200)
    expect(await send(bouncy, signer.post(invented, signature))).toBe(406)
  })

  it('is remembered for as long as it would be taken', () => {
    const signature = signerAt(NOW - 60_000).sign()
    const [token] = tokensOf(signer.post(bounced, signature)) ?? []
    expect(token).toEqual({
      id: signature.token,
      binding: expect.stringMatching(/^[\w-]{43}$/),
      until: NOW - 60_000 + 43_200_000,
    })
  })

  it('is bound to digits that a double has not, and to nothing else of the post', () => {
    const signature = signer.sign()
    const binding = (event: string) => tokensOf(signer.post(event, signature))?.[0]?.binding
    const variables = (id: string) => binding(`{"event":"opened","user-variables":{"id":${id}}}`)
    expect(variables('9007199254740993')).not.toBe(variables('9007199254740992'))
    expect(variables('1')).toBe(variables('1.0'))
    const parent = createMailgunSigner({
      signingKey: signer.signingKey,
      parentKey: 'parent',
      now: () => NOW,
      token: () => signature.token,
    })
    expect(tokensOf(parent.post('{"event":"opened"}'))).toEqual(
      tokensOf(signer.post('{"event":"opened"}', signature)),
    )
  })
})

describe('a form', () => {
  it('is answered 415', async () => {
    expect(await send(setUp(), signer.form({ event: 'bounced', recipient: 'gone@example.com' }))).toBe(415)
  })
})
