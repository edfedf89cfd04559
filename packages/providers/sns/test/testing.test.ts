import { createPublicKey, verify, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSnsSigner, envelopeOf } from '../src/testing.ts'
import { key, makeSigner, NOW, TOPIC } from './fixtures.ts'

describe('a signer', () => {
  it('makes a certificate of its own that Node can read', () => {
    const certificate = new X509Certificate(makeSigner().certificate)
    expect(certificate.subject).toBe('CN=sns.amazonaws.com')
    expect(certificate.subjectAltName).toBe('DNS:sns.amazonaws.com')
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.validFromDate.getTime()).toBeLessThan(NOW)
    expect(certificate.validToDate.getTime()).toBeGreaterThan(NOW)
  })

  it('writes dates after 2049 too', () => {
    const validTo = new Date('2061-02-03T04:05:06Z')
    const certificate = new X509Certificate(makeSigner({ certificate: { validTo } }).certificate)
    expect(certificate.validToDate).toEqual(validTo)
  })

  it('makes a key of its own unless it is given one', () => {
    const other = createSnsSigner({ modulusLength: 1024 })
    expect(other.key.asymmetricKeyDetails?.modulusLength).toBe(1024)
    expect(other.key.equals(key)).toBe(false)
    expect(makeSigner().key).toBe(key)
  })

  it('posts as SNS does', () => {
    const post = makeSigner().notification({
      topicArn: TOPIC,
      message: 'a\n"b"',
      subject: 's',
      messageId: 'm-1',
    })
    expect(post.method).toBe('POST')
    expect(post.headers).toMatchObject({
      'content-type': 'text/plain; charset=UTF-8',
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-message-id': 'm-1',
      'x-amz-sns-topic-arn': TOPIC,
      'user-agent': 'Amazon Simple Notification Service Agent',
    })
    expect(post.body).toContain('{\n  "Type" : "Notification",\n  "MessageId" : "m-1",\n')
    const request = new Request('https://example.com/webhooks/sns', post)
    expect(request.headers.get('x-amz-sns-message-type')).toBe('Notification')
  })

  it('signs what the documentation says', () => {
    const signer = makeSigner()
    const { Signature, ...envelope } = envelopeOf(
      signer.unsubscribeConfirmation({
        topicArn: TOPIC,
        messageId: 'm',
        token: 't',
        message: 'a',
        signatureVersion: '2',
      }),
    )
    const text =
      `Message\na\nMessageId\nm\nSubscribeURL\n${envelope.SubscribeURL}\nTimestamp\n2026-11-22T10:00:00.000Z\n` +
      `Token\nt\nTopicArn\n${TOPIC}\nType\nUnsubscribeConfirmation\n`
    const publicKey = createPublicKey(signer.key)
    expect(verify('sha256', Buffer.from(text), publicKey, Buffer.from(Signature, 'base64'))).toBe(true)
  })

  it('plays AWS to those who ask it, and nobody else', async () => {
    const signer = makeSigner()
    const china = 'arn:aws-cn:sns:cn-north-1:111122223333:orders'
    for (const topicArn of [TOPIC, china]) {
      const answer = await signer.fetch(signer.certificateUrl(topicArn))
      await expect(answer.text()).resolves.toBe(signer.certificate)
    }
    const confirmed = await signer.fetch(
      new URL('https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription'),
    )
    expect(confirmed.status).toBe(200)
    const missing = await signer.fetch(new Request('https://sns.us-east-1.amazonaws.com/other.pem'))
    expect(missing.status).toBe(404)
    const elsewhere = [
      'https://evil.example/',
      'http://sns.us-east-1.amazonaws.com/',
      'https://sns.us-east-1.amazonaws.com:8443/',
      'https://sns.us-east-1.amazonaws.com.evil.example/',
      'https://sns.cn-north-1.amazonaws.com/',
    ]
    for (const url of elsewhere) await expect(signer.fetch(url)).rejects.toThrow(TypeError)
    expect(signer.requests).toHaveLength(4 + elsewhere.length)
  })
})
