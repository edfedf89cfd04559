import { describe, expect, it } from 'vitest'
import { verifySnsMessage } from '../src/index.ts'
import { envelopeOf, lambdaRecordOf } from '../src/testing.ts'
import { changed, hours, madeUpUrl, makeSigner, makeVerifier, minutes, NOW, now, TOPIC } from './fixtures.ts'

const signer = makeSigner()
const post = signer.notification({
  topicArn: TOPIC,
  message: '{"order":1}\nsecond line 😀',
  messageId: 'm-1',
})
const facts = {
  type: 'Notification',
  messageId: 'm-1',
  topicArn: TOPIC,
  timestamp: '2026-11-22T10:00:00.000Z',
  signatureVersion: '1',
  message: '{"order":1}\nsecond line 😀',
}

describe('a genuine message', () => {
  const verifier = makeVerifier({ fetch: signer.fetch })

  it('is returned as its signed facts, from bytes and from text', async () => {
    await expect(verifier.verify(new TextEncoder().encode(post.body))).resolves.toStrictEqual(facts)
    await expect(verifier.verify(Buffer.from(post.body))).resolves.toStrictEqual(facts)
    await expect(verifier.verify(post.body)).resolves.toStrictEqual(facts)
  })

  it('is read from a view into a larger buffer', async () => {
    const bytes = Buffer.from(`xx${post.body}yy`)
    await expect(verifier.verify(bytes.subarray(2, -2))).resolves.toStrictEqual(facts)
  })

  it('is returned from the object that it is', async () => {
    await expect(verifier.verify(envelopeOf(post))).resolves.toStrictEqual(facts)
  })

  it('is returned from a Lambda record, whose spelling differs and whose subject is null', async () => {
    const record = lambdaRecordOf(post)
    expect(record).toHaveProperty('SigningCertUrl')
    expect(record).not.toHaveProperty('SigningCertURL')
    expect(record).toHaveProperty('Subject', null)
    await expect(verifier.verify(record)).resolves.toStrictEqual(facts)
  })

  it('may have a subject, an empty one too, and signature version 2', async () => {
    for (const subject of ['Amazon SES Email Event Notification', '']) {
      const content = { topicArn: TOPIC, message: 'hello', subject, signatureVersion: '2' } as const
      await expect(verifier.verify(signer.notification(content).body)).resolves.toMatchObject({
        subject,
        signatureVersion: '2',
      })
    }
  })

  it('may be a confirmation, of which the URL is kept back', async () => {
    const content = { topicArn: TOPIC, token: 'abc', messageId: 'm-2' }
    const confirmations = [
      ['SubscriptionConfirmation', signer.subscriptionConfirmation(content)],
      ['UnsubscribeConfirmation', signer.unsubscribeConfirmation(content)],
    ] as const
    for (const [type, confirmation] of confirmations) {
      const message = await verifier.verify(confirmation.body)
      expect(message).toMatchObject({ type, token: 'abc', messageId: 'm-2', topicArn: TOPIC })
      expect(JSON.stringify(message)).not.toContain('https:')
    }
  })

  it('may carry unsigned attributes, whose names may even repeat', async () => {
    const attribute = '{"Type":"String","Value":"x"}'
    const body = post.body.replace('{', `{"MessageAttributes":{"a":${attribute},"a":${attribute}},`)
    await expect(verifier.verify(body)).resolves.toStrictEqual(facts)
  })

  it('may give the same URL in both spellings', async () => {
    const both = { ...envelopeOf(post), SigningCertUrl: envelopeOf(post).SigningCertURL }
    await expect(verifier.verify(both)).resolves.toStrictEqual(facts)
  })

  it('may be of a FIFO topic', async () => {
    const topicArn = `${TOPIC}.fifo`
    const fifo = makeVerifier({ fetch: signer.fetch, topicArns: [TOPIC, topicArn] })
    await expect(fifo.verify(signer.notification({ topicArn, message: 'm' }).body)).resolves.toMatchObject({
      topicArn,
    })
  })
})

describe('what is refused before anything is requested', () => {
  const refusals: readonly (readonly [string, unknown, string, number])[] = [
    ['more than 1 MiB of bytes', Buffer.alloc(1024 * 1024 + 1, ' '), 'body-too-large', 413],
    ['more than 1 MiB of text, counted in bytes', 'é'.repeat(512 * 1024 + 1), 'body-too-large', 413],
    [
      'more than 1 MiB in an object',
      { ...envelopeOf(post), Message: 'x'.repeat(1024 * 1024) },
      'body-too-large',
      413,
    ],
    [
      'bytes that are not UTF-8',
      Buffer.from(post.body.replace('second', '\xff'), 'latin1'),
      'body-malformed',
      400,
    ],
    ['broken JSON', post.body.slice(0, -1), 'body-malformed', 400],
    ['nothing', '', 'body-malformed', 400],
    ['deep nesting', `${'['.repeat(65)}${']'.repeat(65)}`, 'body-malformed', 400],
    ['a repeated key', post.body.replace('{', '{"Message":"evil",'), 'body-malformed', 400],
    ['null', null, 'body-malformed', 400],
    ['undefined', undefined, 'body-malformed', 400],
    ['a number', 7, 'body-malformed', 400],
    ['a list', [envelopeOf(post)], 'body-malformed', 400],
    ['a whole Lambda record', { Sns: lambdaRecordOf(post) }, 'body-malformed', 400],
    ['fields of the prototype', Object.create(envelopeOf(post)), 'body-malformed', 400],
    ['a String object', { ...envelopeOf(post), Message: new String('x') }, 'body-malformed', 400],
    ['another type', changed(post, { Type: 'Publish' }).body, 'body-malformed', 400],
    ['a type every object has', changed(post, { Type: 'constructor' }).body, 'body-malformed', 400],
    ['half a character', changed(post, { Message: '\ud800' }).body, 'body-malformed', 400],
    ['a subject that is no text', changed(post, { Subject: 1 }).body, 'body-malformed', 400],
    ['signature version 3', changed(post, { SignatureVersion: '3' }).body, 'signature-version-refused', 403],
    ['signature version 1 as a number', changed(post, { SignatureVersion: 1 }).body, 'body-malformed', 400],
    ['a signature with a line break', changed(post, { Signature: 'AA\nAA' }).body, 'body-malformed', 400],
    ['a signature with a space', changed(post, { Signature: 'AA AA' }).body, 'signature-wrong', 403],
    ['a signature of the URL alphabet', changed(post, { Signature: 'AA-_' }).body, 'signature-wrong', 403],
    [
      'a signature with bits that are not used',
      changed(post, { Signature: 'AAB=' }).body,
      'signature-wrong',
      403,
    ],
    ['a huge signature', changed(post, { Signature: 'AAAA'.repeat(2_000) }).body, 'signature-wrong', 403],
    ['another topic', changed(post, { TopicArn: `${TOPIC}2` }).body, 'topic-not-listed', 403],
    ['the topic in capitals', changed(post, { TopicArn: TOPIC.toUpperCase() }).body, 'topic-not-listed', 403],
    ['a topic every object has', changed(post, { TopicArn: '__proto__' }).body, 'topic-not-listed', 403],
    ['no time', changed(post, { Timestamp: 'today' }).body, 'body-malformed', 400],
    [
      'a certificate elsewhere',
      changed(post, { SigningCertURL: 'https://evil.example/' }).body,
      'certificate-url-refused',
      403,
    ],
    [
      'URLs that differ by spelling',
      { ...envelopeOf(post), SigningCertUrl: madeUpUrl(1) },
      'body-malformed',
      400,
    ],
  ]
  const watched = makeSigner()
  const verifier = makeVerifier({ fetch: watched.fetch })

  it.each(refusals)('%s', async (_, message, code, status) => {
    await expect(verifier.verify(message as string)).rejects.toMatchObject({
      name: 'WebhookError',
      code,
      status,
    })
    expect(watched.requests).toEqual([])
  })

  it.each(['Type', 'TopicArn', 'MessageId', 'Timestamp', 'Token', 'SubscribeURL'])(
    'a control character in %s',
    async (name) => {
      const confirmation = signer.subscriptionConfirmation({ topicArn: TOPIC })
      const value = (JSON.parse(confirmation.body) as Record<string, string>)[name]
      for (const character of ['\n', '\0', '\r', '\x7f', '\x85']) {
        const body = changed(confirmation, { [name]: `${value}${character}` }).body
        await expect(verifier.verify(body)).rejects.toMatchObject({ code: 'body-malformed' })
      }
      expect(watched.requests).toEqual([])
    },
  )

  it('a control character in Subject', async () => {
    const body = changed(post, { Subject: 'two\nlines' }).body
    await expect(verifier.verify(body)).rejects.toMatchObject({ code: 'body-malformed' })
  })

  it('the cheapest reason is the one that counts', async () => {
    const everythingWrong = changed(post, {
      SigningCertURL: 'https://evil.example/',
      Timestamp: '2001-01-01T00:00:00.000Z',
      TopicArn: `${TOPIC}2`,
      MessageId: 7,
    })
    const bodies = [
      [everythingWrong, 'body-malformed'],
      [changed(everythingWrong, { MessageId: 'm' }), 'topic-not-listed'],
      [changed(everythingWrong, { MessageId: 'm', TopicArn: TOPIC }), 'too-old'],
      [
        changed(everythingWrong, { MessageId: 'm', TopicArn: TOPIC, Timestamp: '2026-11-22T10:00:00Z' }),
        'certificate-url-refused',
      ],
    ] as const
    for (const [{ body }, code] of bodies) await expect(verifier.verify(body)).rejects.toMatchObject({ code })
    expect(watched.requests).toEqual([])
  })

  it('the message of the error tells nothing of the payload', async () => {
    const secret = 'canary-7f3a'
    for (const field of [
      'TopicArn',
      'Timestamp',
      'SigningCertURL',
      'Signature',
      'SignatureVersion',
      'Type',
    ]) {
      const error = await verifier
        .verify(changed(post, { [field]: secret }).body)
        .catch((caught: unknown) => caught)
      expect(String(error)).toMatch(/\[bouncy\/sns\] .* \(see @bouncy\/core\/errors\.md#/)
      expect(String(error)).not.toContain(secret)
    }
  })
})

describe('the age of a message', () => {
  const at = (ms: number) =>
    signer.notification({ topicArn: TOPIC, message: 'm', timestamp: new Date(ms).toISOString() })
  const verifier = makeVerifier({ fetch: signer.fetch })

  it('may be 75 minutes past and 5 minutes future', async () => {
    await expect(verifier.verify(at(NOW - minutes(75)).body)).resolves.toBeDefined()
    await expect(verifier.verify(at(NOW + minutes(5)).body)).resolves.toBeDefined()
    await expect(verifier.verify(at(NOW - minutes(75) - 1).body)).rejects.toMatchObject({
      code: 'too-old',
      status: 403,
    })
    await expect(verifier.verify(at(NOW + minutes(5) + 1).body)).rejects.toMatchObject({
      code: 'from-the-future',
      status: 403,
    })
  })

  it('is bounded by maxAgeMs', async () => {
    const strict = makeVerifier({ fetch: signer.fetch, maxAgeMs: 1_000 })
    await expect(strict.verify(at(NOW - 1_000).body)).resolves.toBeDefined()
    await expect(strict.verify(at(NOW - 1_001).body)).rejects.toMatchObject({ code: 'too-old' })
  })

  it('does not matter with Infinity, but the future does', async () => {
    const patient = makeVerifier({ fetch: signer.fetch, maxAgeMs: Number.POSITIVE_INFINITY })
    await expect(patient.verify(at(NOW - hours(24 * 14)).body)).resolves.toBeDefined()
    await expect(patient.verify(at(NOW + minutes(6)).body)).rejects.toMatchObject({ code: 'from-the-future' })
  })
})

describe('the signature', () => {
  it('is that of the signer whose certificate is at the URL', async () => {
    const other = makeSigner({ key: undefined as never })
    const forged = changed(other.notification({ topicArn: TOPIC, message: 'm' }), {
      SigningCertURL: signer.certificateUrl(TOPIC),
    })
    await expect(makeVerifier({ fetch: signer.fetch }).verify(forged.body)).rejects.toMatchObject({
      code: 'signature-wrong',
      status: 403,
    })
  })

  it('is of the length of the key', async () => {
    const verifier = makeVerifier({ fetch: signer.fetch })
    const bytes = Buffer.from(envelopeOf(post).Signature, 'base64')
    for (const other of [bytes.subarray(1), Buffer.concat([Buffer.alloc(1), bytes])]) {
      const body = changed(post, { Signature: other.toString('base64') }).body
      await expect(verifier.verify(body)).rejects.toMatchObject({ code: 'signature-wrong' })
    }
  })

  it('has to be of version 2 if that is required', async () => {
    const strict = makeVerifier({ fetch: signer.fetch, requireSignatureV2: true })
    await expect(strict.verify(post.body)).rejects.toMatchObject({
      code: 'signature-version-refused',
      status: 403,
    })
    const second = signer.notification({ topicArn: TOPIC, message: 'm', signatureVersion: '2' })
    await expect(strict.verify(second.body)).resolves.toMatchObject({ signatureVersion: '2' })
  })

  it('does not cover a message that is cut into other fields', async () => {
    const verifier = makeVerifier({ fetch: signer.fetch })
    const time = '2026-11-22T10:00:00.000Z'
    const wide = signer.notification({
      topicArn: TOPIC,
      message: `a\nMessageId\nb`,
      messageId: 'm',
      timestamp: time,
    })
    await expect(verifier.verify(wide.body)).resolves.toMatchObject({ message: 'a\nMessageId\nb' })
    const cut = changed(wide, { Message: 'a', MessageId: 'b\nMessageId\nm' })
    await expect(verifier.verify(cut.body)).rejects.toMatchObject({ code: 'body-malformed' })
    const subject = signer.notification({
      topicArn: TOPIC,
      message: 'a',
      messageId: 'm',
      subject: 's',
      timestamp: time,
    })
    const hidden = changed(subject, { Subject: undefined, MessageId: 'm\nSubject\ns' })
    await expect(verifier.verify(hidden.body)).rejects.toMatchObject({ code: 'body-malformed' })
  })

  it('does not let characters that become the same bytes be exchanged', async () => {
    const verifier = makeVerifier({ fetch: signer.fetch })
    const replaced = signer.notification({ topicArn: TOPIC, message: 'a\ufffdb' })
    await expect(verifier.verify(replaced.body)).resolves.toMatchObject({ message: 'a\ufffdb' })
    const lone = changed(replaced, { Message: 'a\ud800b' })
    await expect(verifier.verify(lone.body)).rejects.toMatchObject({ code: 'body-malformed' })
    await expect(verifier.verify(JSON.parse(lone.body) as object)).rejects.toMatchObject({
      code: 'body-malformed',
    })
  })
})

describe('the counts', () => {
  it('are of accepted messages and of refused ones by code', async () => {
    const verifier = makeVerifier({ fetch: signer.fetch })
    expect(verifier.stats()).toEqual({ accepted: 0, refused: {} })
    await verifier.verify(post.body)
    await verifier.verify(post.body)
    for (const body of ['', '{}', changed(post, { Message: 'evil' }).body]) {
      await expect(verifier.verify(body)).rejects.toThrow()
    }
    expect(verifier.stats()).toEqual({ accepted: 2, refused: { 'body-malformed': 2, 'signature-wrong': 1 } })
  })
})

describe('verifySnsMessage', () => {
  it('checks one message, and shares the certificate between calls with the same options', async () => {
    const watched = makeSigner()
    const options = { topicArns: [TOPIC], fetch: watched.fetch, now }
    await expect(verifySnsMessage(post.body, options)).resolves.toStrictEqual(facts)
    await expect(verifySnsMessage(lambdaRecordOf(post), options)).resolves.toStrictEqual(facts)
    expect(watched.requests).toHaveLength(1)
    await expect(verifySnsMessage(changed(post, { Message: 'evil' }).body, options)).rejects.toMatchObject({
      code: 'signature-wrong',
    })
  })

  it('shares certificates between calls that only say what is accepted', async () => {
    const today = makeSigner({ now: Date.now })
    const genuine = globalThis.fetch
    globalThis.fetch = today.fetch
    try {
      const other = `${TOPIC}-2`
      const first = today.notification({ topicArn: TOPIC, message: 'm' })
      const second = today.notification({ topicArn: other, message: 'm', signatureVersion: '2' })
      await expect(verifySnsMessage(first.body, { topicArns: [TOPIC] })).resolves.toBeDefined()
      await expect(
        verifySnsMessage(second.body, { topicArns: [other], requireSignatureV2: true }),
      ).resolves.toBeDefined()
      await expect(verifySnsMessage(second.body, { topicArns: [TOPIC] })).rejects.toMatchObject({
        code: 'topic-not-listed',
      })
      expect(today.requests).toHaveLength(1)
    } finally {
      globalThis.fetch = genuine
    }
  })

  it('rejects options that are wrong', async () => {
    await expect(verifySnsMessage(post.body, { topicArns: [] })).rejects.toThrow(/\[bouncy\/sns\] topicArns/)
    await expect(verifySnsMessage(post.body, undefined as never)).rejects.toThrow(TypeError)
  })
})
