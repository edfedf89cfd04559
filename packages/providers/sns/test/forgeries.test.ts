import { describe, expect, it } from 'vitest'
import { forgeries, type SnsPost } from '../src/testing.ts'
import { makeSigner, makeVerifier, TOPIC } from './fixtures.ts'

const SEED = 20261122
const signer = makeSigner()
/** A message whose own lines look like the fields that are signed after it, so that other cuts of the text exist. */
const message =
  'é\ufffd\nMessageId\nx\nSubject\ny\nTimestamp\n2026-11-22T10:00:00.000Z\nTopicArn\nz\nType\nNotification'
const posts: readonly (readonly [string, SnsPost])[] = [
  ['a notification', signer.notification({ topicArn: TOPIC, message, signatureVersion: '2' })],
  ['a notification with a subject', signer.notification({ topicArn: TOPIC, message, subject: 'Subject' })],
  ['a subscription', signer.subscriptionConfirmation({ topicArn: TOPIC })],
  ['an unsubscription', signer.unsubscribeConfirmation({ topicArn: TOPIC, message: 'a\nMessageId\nb' })],
]

describe('forgeries', () => {
  it.each(posts)(`of %s are all refused (seed ${SEED})`, async (_, post) => {
    const verifier = makeVerifier({ fetch: signer.fetch })
    await expect(verifier.verify(post.body)).resolves.toBeDefined()
    const accepted: string[] = []
    const codes = new Set<string>()
    for (const forgery of forgeries(post, { seed: SEED, count: 2_000 })) {
      await verifier.verify(forgery.post.body).then(
        () => accepted.push(forgery.name),
        (error: { code: string }) => codes.add(error.code),
      )
    }
    expect(accepted).toEqual([])
    expect(verifier.stats().accepted).toBe(1)
    expect([...codes].sort()).toEqual([
      'body-malformed',
      'certificate-url-refused',
      'from-the-future',
      'signature-version-refused',
      'signature-wrong',
      'too-old',
      'topic-not-listed',
    ])
  })

  it('are the same for the same seed, and others for another', () => {
    const [[, post] = ['', signer.notification({ topicArn: TOPIC, message })]] = posts
    const bodies = (seed: number) =>
      [...forgeries(post, { seed, count: 1_500 })].map((forgery) => forgery.post.body)
    expect(bodies(1)).toHaveLength(1_500)
    expect(bodies(1)).toEqual(bodies(1))
    expect(bodies(1)).not.toEqual(bodies(2))
  })

  it('cover every signed field and every byte of the signature, and cut the text otherwise', () => {
    const [, [, post] = ['', signer.notification({ topicArn: TOPIC, message })]] = posts
    const names = [...forgeries(post, { count: 2_000 })].map(({ name }) => name)
    for (const field of ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']) {
      expect(names).toContain(`${field}: one character changed`)
    }
    for (let index = 0; index < 256; index += 1) expect(names).toContain(`Signature: byte ${index} changed`)
    expect(names.filter((name) => name === 'cut into other fields').length).toBeGreaterThan(1)
  })
})
