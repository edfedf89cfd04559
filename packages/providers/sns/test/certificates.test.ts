import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { SnsVerifier } from '../src/index.ts'
import type { SnsPost } from '../src/testing.ts'
import {
  changed,
  hours,
  madeUpUrl,
  makeClock,
  makeSigner,
  makeVerifier,
  minutes,
  NOW,
  TOPIC,
} from './fixtures.ts'

const signer = makeSigner()
const post = signer.notification({ topicArn: TOPIC, message: 'hello' })

/** An AWS that answers every request in the same way, and counts. */
function answering(answer: (url: string) => Response | Promise<Response>) {
  const requests: string[] = []
  const fetch: typeof globalThis.fetch = async (input) => {
    requests.push(String(input))
    return answer(String(input))
  }
  return { fetch, requests }
}

const codeOf = (verifier: SnsVerifier, { body }: SnsPost): Promise<unknown> =>
  verifier.verify(body).then(
    () => 'accepted',
    (error: { code: unknown }) => error.code,
  )

describe('the certificate', () => {
  it('is requested once for a thousand first messages at the same time', async () => {
    const aws = makeSigner()
    const verifier = makeVerifier({ fetch: aws.fetch })
    const messages = await Promise.all(Array.from({ length: 1_000 }, () => verifier.verify(post.body)))
    expect(messages).toHaveLength(1_000)
    expect(aws.requests).toEqual([signer.certificateUrl(TOPIC)])
  })

  it('is requested once for a thousand first messages that have to be refused, too', async () => {
    const aws = answering(() => new Response('', { status: 500 }))
    const verifier = makeVerifier({ fetch: aws.fetch })
    const codes = await Promise.all(Array.from({ length: 1_000 }, () => codeOf(verifier, post)))
    expect(new Set(codes)).toEqual(new Set(['certificate-unreachable']))
    expect(aws.requests).toHaveLength(1)
  })

  it('is used for a day, and requested again after', async () => {
    const clock = makeClock()
    const aws = makeSigner()
    const verifier = makeVerifier({ fetch: aws.fetch, now: clock.now, maxAgeMs: hours(48) })
    await verifier.verify(post.body)
    clock.forward(hours(24) - 1)
    await verifier.verify(post.body)
    expect(aws.requests).toHaveLength(1)
    clock.forward(1)
    await verifier.verify(post.body)
    expect(aws.requests).toHaveLength(2)
  })

  it('is not used beyond its validity, even if it was when it was requested', async () => {
    const clock = makeClock()
    const aws = makeSigner({ certificate: { validTo: new Date(NOW + minutes(1)) } })
    const verifier = makeVerifier({ fetch: aws.fetch, now: clock.now })
    const own = aws.notification({ topicArn: TOPIC, message: 'm' })
    await expect(codeOf(verifier, own)).resolves.toBe('accepted')
    clock.forward(minutes(1) + 1)
    await expect(codeOf(verifier, own)).resolves.toBe('certificate-refused')
  })

  it('is the least recently used that gives way to the seventeenth', async () => {
    const clock = makeClock()
    const aws = answering(() => new Response(signer.certificate))
    const verifier = makeVerifier({ fetch: aws.fetch, now: clock.now, maxAgeMs: hours(48) })
    const ask = async (number: number) => {
      await verifier.verify(changed(post, { SigningCertURL: madeUpUrl(number) }).body)
      return aws.requests.length
    }
    for (let number = 1; number <= 16; number += 1) {
      await ask(number)
      clock.forward(minutes(1))
    }
    await expect(ask(1)).resolves.toBe(16)
    await expect(ask(17)).resolves.toBe(17)
    await expect(ask(1)).resolves.toBe(17)
    await expect(ask(3)).resolves.toBe(17)
    await expect(ask(2)).resolves.toBe(18)
  })
})

describe('certificates that are refused', () => {
  const certified = (certificate: Parameters<typeof makeSigner>[0]) => makeSigner(certificate).certificate
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey
  const named = (commonName: string) => certified({ certificate: { commonName } })
  const good = signer.certificate
  const refusals: readonly (readonly [string, string])[] = [
    ['expired', certified({ certificate: { validTo: new Date(NOW - 1_000) } })],
    ['not valid yet', certified({ certificate: { validFrom: new Date(NOW + 1_000) } })],
    ['of another name', named('evil.example')],
    ['of a name that ends like it', named('evilsns.amazonaws.com')],
    ['of a name below it', named('a.sns.amazonaws.com')],
    ['of a wildcard', named('*.amazonaws.com')],
    ['of a wildcard in the region', named('*.us-east-1.amazonaws.com')],
    ['of another service', named('sqs.us-east-1.amazonaws.com')],
    ['of another region', named('sns-signing.eu-west-1.amazonaws.com')],
    ['of RSA with 1024 bits', certified({ certificate: { publicKey: small } })],
    ['of an elliptic curve', certified({ certificate: { publicKey: elliptic } })],
    ['of RSA-PSS', certified({ certificate: { publicKey: pss } })],
    ['two in one file', good + good],
    ['one and a broken one', `${good}-----BEGIN CERTIFICATE-----\n`],
    ['one and a key', `${good}-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n`],
    ['after a text', `Certificate:\n${good}`],
    ['cut off', good.slice(0, 600)],
    ['cut short inside', good.replace(/\n.{64}\n/, '\n')],
    ['nothing', ''],
    ['a page', '<!doctype html><title>Sign in</title>'],
  ]

  it.each(refusals)('%s', async (_, pem) => {
    const aws = answering(() => new Response(pem))
    const verifier = makeVerifier({ fetch: aws.fetch })
    await expect(verifier.verify(post.body)).rejects.toMatchObject({
      code: 'certificate-refused',
      status: 403,
    })
    expect(aws.requests).toHaveLength(1)
  })

  it('larger than 16 KiB, of which no more is read than it takes to know', async () => {
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1024
        controller.enqueue(new Uint8Array(1024).fill(0x20))
      },
    })
    const verifier = makeVerifier({ fetch: answering(() => new Response(endless)).fetch })
    await expect(verifier.verify(post.body)).rejects.toMatchObject({ code: 'certificate-refused' })
    expect(sent).toBeLessThan(20 * 1024)
  })

  it('signed with a key of 1024 bits by the sender', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const weak = makeSigner({ key: privateKey })
    const verifier = makeVerifier({ fetch: weak.fetch })
    await expect(codeOf(verifier, weak.notification({ topicArn: TOPIC, message: 'm' }))).resolves.toBe(
      'certificate-refused',
    )
  })
})

describe('the name in a certificate', () => {
  const names: readonly (readonly [string, string, readonly string[]])[] = [
    ['aws', 'us-east-1', ['sns.amazonaws.com', 'sns.us-east-1.amazonaws.com']],
    ['aws', 'af-south-1', ['sns.amazonaws.com', 'sns-signing.af-south-1.amazonaws.com']],
    ['aws-us-gov', 'us-gov-west-1', ['sns-us-gov-west-1.amazonaws.com']],
    ['aws-us-gov', 'us-gov-east-1', ['sns-us-gov-west-1.amazonaws.com']],
    ['aws-cn', 'cn-north-1', ['sns-cn-north-1.amazonaws.com.cn', 'sns.amazonaws.com.cn']],
    ['aws-eusc', 'eusc-de-east-1', ['sns-signing.eusc-de-east-1.amazonaws.eu']],
    ['aws-iso', 'us-iso-east-1', ['sns-us-iso-east-1.c2s.ic.gov']],
    ['aws-iso-b', 'us-isob-east-1', ['sns-us-isob-east-1.sc2s.sgov.gov']],
    ['aws-iso-e', 'eu-isoe-west-1', ['sns-signing.eu-isoe-west-1.cloud.adc-e.uk']],
    ['aws-iso-f', 'us-isof-south-1', ['sns-signing.us-isof-south-1.csp.hci.ic.gov']],
  ]
  const isolatedPartitions = ['aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f'] as const

  it.each(names)('is that of SNS or of its region: %s %s', async (partition, region, commonNames) => {
    const topicArn = `arn:${partition}:sns:${region}:111122223333:orders`
    for (const commonName of commonNames) {
      const regional = makeSigner({ certificate: { commonName } })
      const verifier = makeVerifier({ fetch: regional.fetch, topicArns: [topicArn], isolatedPartitions })
      await expect(codeOf(verifier, regional.notification({ topicArn, message: 'm' }))).resolves.toBe(
        'accepted',
      )
    }
  })
})

describe('a certificate that cannot be had', () => {
  afterEach(() => void vi.useRealTimers())

  const unreachable: readonly (readonly [string, () => Response | Promise<Response>])[] = [
    ['the network is down', () => Promise.reject(new TypeError('fetch failed'))],
    ['AWS is ill', () => new Response('', { status: 503 })],
    ['there is none of this name', () => new Response('', { status: 404 })],
    ['the answer is partial', () => new Response(signer.certificate, { status: 206 })],
    [
      'the answer is a redirect',
      () => new Response('', { status: 302, headers: { location: 'https://evil.example/' } }),
    ],
    [
      'a redirect was followed',
      () => Object.defineProperty(new Response(signer.certificate), 'redirected', { value: true }),
    ],
    [
      'the body breaks off',
      () => new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) })),
    ],
  ]

  it.each(unreachable)('%s', async (_, answer) => {
    const verifier = makeVerifier({ fetch: answering(answer).fetch })
    await expect(verifier.verify(post.body)).rejects.toMatchObject({
      code: 'certificate-unreachable',
      status: 503,
    })
  })

  it.each<readonly [string, (signal: AbortSignal | null | undefined) => Promise<Response>]>([
    ['never answers', () => new Promise(() => {})],
    ['never ends', async () => new Response(new ReadableStream())],
    [
      'rejects as it is aborted',
      (signal) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    ],
  ])('AWS %s: after 5 s', async (_, answer) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let signal: AbortSignal | null | undefined
    const verifier = makeVerifier({
      fetch: (_input, init) => {
        signal = init?.signal
        return answer(signal)
      },
    })
    let settled = false
    const code = codeOf(verifier, post).finally(() => {
      settled = true
    })
    await vi.advanceTimersByTimeAsync(4_999)
    expect(settled).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await expect(code).resolves.toBe('certificate-unreachable')
    expect(signal?.aborted).toBe(true)
  })

  it('is not asked for again for half a minute', async () => {
    const clock = makeClock()
    let ill = true
    const aws = answering(() => new Response(signer.certificate, { status: ill ? 500 : 200 }))
    const verifier = makeVerifier({ fetch: aws.fetch, now: clock.now })
    await expect(codeOf(verifier, post)).resolves.toBe('certificate-unreachable')
    ill = false
    clock.forward(29_999)
    await expect(codeOf(verifier, post)).resolves.toBe('certificate-unreachable')
    expect(aws.requests).toHaveLength(1)
    clock.forward(1)
    await expect(codeOf(verifier, post)).resolves.toBe('accepted')
    expect(aws.requests).toHaveLength(2)
  })
})

describe('made-up certificate names', () => {
  /** Real AWS for the signer's certificate, 404 for the rest. */
  const sendMadeUp = (verifier: SnsVerifier, from: number, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        codeOf(verifier, changed(post, { SigningCertURL: madeUpUrl(from + index) })),
      ),
    )

  it('cause no more than ten requests a minute', async () => {
    const clock = makeClock()
    const aws = makeSigner()
    const verifier = makeVerifier({ fetch: aws.fetch, now: clock.now })
    for (let second = 0; second < 60; second += 1) {
      await sendMadeUp(verifier, second * 20, 20)
      expect(aws.requests.length).toBeLessThanOrEqual(10)
      clock.forward(1_000)
    }
    const before = aws.requests.length
    expect(before).toBeGreaterThan(0)
    await sendMadeUp(verifier, 100_000, 20)
    expect(aws.requests.length - before).toBeGreaterThan(0)
    expect(aws.requests.length - before).toBeLessThanOrEqual(10)
  })

  it('are answered 503 when the budget is spent', async () => {
    const verifier = makeVerifier({ fetch: makeSigner().fetch })
    const codes = await sendMadeUp(verifier, 0, 50)
    expect(new Set(codes)).toEqual(new Set(['certificate-unreachable', 'certificate-budget-spent']))
    await expect(
      verifier.verify(changed(post, { SigningCertURL: madeUpUrl(99) }).body),
    ).rejects.toMatchObject({
      code: 'certificate-budget-spent',
      status: 503,
    })
  })

  it('do not keep a certificate from being used, displace it, or stop it from being renewed', async () => {
    const clock = makeClock()
    const aws = makeSigner()
    const verifier = makeVerifier({ fetch: aws.fetch, now: clock.now, maxAgeMs: hours(48) })
    await expect(codeOf(verifier, post)).resolves.toBe('accepted')
    for (let minute = 0; minute < 10; minute += 1) {
      await sendMadeUp(verifier, minute * 50, 50)
      clock.forward(minutes(1))
    }
    const requests = aws.requests.length
    await expect(codeOf(verifier, post)).resolves.toBe('accepted')
    expect(aws.requests).toHaveLength(requests)

    clock.forward(hours(24))
    await sendMadeUp(verifier, 10_000, 50)
    await expect(codeOf(verifier, post)).resolves.toBe('accepted')
    expect(aws.requests.at(-1)).toBe(signer.certificateUrl(TOPIC))
  })
})

describe('the part of the budget that is kept for renewals', () => {
  it('is not for a certificate that has expired', async () => {
    const clock = makeClock()
    const aws = makeSigner({ certificate: { validTo: new Date(NOW + minutes(1)) } })
    const verifier = makeVerifier({ fetch: aws.fetch, now: clock.now })
    const own = aws.notification({ topicArn: TOPIC, message: 'm' })
    await expect(codeOf(verifier, own)).resolves.toBe('accepted')
    clock.forward(minutes(2))
    for (let number = 0; number < 20; number += 1) {
      await codeOf(verifier, changed(own, { SigningCertURL: madeUpUrl(number) }))
    }
    await expect(codeOf(verifier, own)).resolves.toBe('certificate-refused')
    clock.forward(30_000)
    await expect(codeOf(verifier, own)).resolves.toBe('certificate-budget-spent')
  })
})

describe('a certificate cache', () => {
  afterEach(() => void vi.useRealTimers())

  it('spares other verifiers the request', async () => {
    const certificateCache = new Map<string, string>()
    const first = makeSigner()
    await expect(codeOf(makeVerifier({ fetch: first.fetch, certificateCache }), post)).resolves.toBe(
      'accepted',
    )
    expect(certificateCache.get(signer.certificateUrl(TOPIC))).toBe(signer.certificate)
    const second = makeSigner()
    await expect(codeOf(makeVerifier({ fetch: second.fetch, certificateCache }), post)).resolves.toBe(
      'accepted',
    )
    expect([first.requests.length, second.requests.length]).toEqual([1, 0])
  })

  it('may be asynchronous, and is asked once for what is then in memory', async () => {
    const asked: string[] = []
    const kept: unknown[][] = []
    const certificateCache = {
      get: async (url: string) => {
        asked.push(url)
        return null
      },
      set: async (...entry: unknown[]) => void kept.push(entry),
    }
    const verifier = makeVerifier({ fetch: signer.fetch, certificateCache })
    await Promise.all([verifier.verify(post.body), verifier.verify(post.body)])
    await verifier.verify(post.body)
    expect(asked).toEqual([signer.certificateUrl(TOPIC)])
    expect(kept).toEqual([[signer.certificateUrl(TOPIC), signer.certificate, hours(24)]])
  })

  it('works whatever the budget', async () => {
    const certificateCache = new Map([[signer.certificateUrl(TOPIC), signer.certificate]])
    const verifier = makeVerifier({ fetch: makeSigner().fetch, certificateCache })
    for (let number = 0; number < 20; number += 1) {
      await codeOf(verifier, changed(post, { SigningCertURL: madeUpUrl(number) }))
    }
    await expect(codeOf(verifier, post)).resolves.toBe('accepted')
  })

  it.each([
    ['garbage', 'garbage'],
    [
      'a certificate of somebody else',
      makeSigner({ certificate: { commonName: 'evil.example' } }).certificate,
    ],
    ['an expired certificate', makeSigner({ certificate: { validTo: new Date(NOW - 1) } }).certificate],
    ['something that is no text', 7 as never],
  ])('that holds %s is passed over and set right', async (_, pem) => {
    const certificateCache = new Map([[signer.certificateUrl(TOPIC), pem]])
    const aws = makeSigner()
    await expect(codeOf(makeVerifier({ fetch: aws.fetch, certificateCache }), post)).resolves.toBe('accepted')
    expect(aws.requests).toHaveLength(1)
    expect(certificateCache.get(signer.certificateUrl(TOPIC))).toBe(signer.certificate)
  })

  it('that fails is passed over', async () => {
    const fail = () => {
      throw new Error('connection lost')
    }
    const broken = [
      { get: fail, set: fail },
      { get: () => Promise.reject(new Error('down')), set: () => Promise.reject(new Error('down')) },
    ]
    for (const certificateCache of broken) {
      await expect(codeOf(makeVerifier({ fetch: makeSigner().fetch, certificateCache }), post)).resolves.toBe(
        'accepted',
      )
    }
  })

  it('that does not answer is passed over after a second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const certificateCache = { get: () => new Promise<string>(() => {}), set: () => {} }
    const aws = makeSigner()
    const code = codeOf(makeVerifier({ fetch: aws.fetch, certificateCache }), post)
    await vi.advanceTimersByTimeAsync(999)
    expect(aws.requests).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(1)
    await expect(code).resolves.toBe('accepted')
  })
})
