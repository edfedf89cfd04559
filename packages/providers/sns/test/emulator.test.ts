import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSnsVerifier, type SnsEmulator } from '../src/index.ts'
import { changed, makeSigner, now } from './fixtures.ts'

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:orders'
const acknowledge = 'anybody can forge messages of this emulator'
const FILE = 'SimpleNotificationService-6c6f63616c737461636b69736e696365.pem'
const make = (emulator: unknown, topicArn = TOPIC) =>
  createSnsVerifier({ topicArns: [topicArn], now, emulator: emulator as SnsEmulator })

const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
afterEach(() => void warnings.mockClear())

describe('an emulator cannot be left on by accident', () => {
  const endpoint = 'http://localhost:4566'

  it('wants the sentence', () => {
    for (const sentence of [undefined, true, 'yes', '']) {
      expect(() => make({ endpoint, acknowledge: sentence })).toThrow('[bouncy/sns] emulator.acknowledge: ')
    }
    expect(() => make(true)).toThrow('[bouncy/sns] emulator: ')
    expect(() => make({ endpoint, acknowledge, enabled: true })).toThrow('enabled')
    expect(warnings).not.toHaveBeenCalled()
  })

  it('wants a topic of an account that nobody has', () => {
    const real = 'arn:aws:sns:us-east-1:111122223333:orders'
    expect(() => make({ endpoint, acknowledge }, real)).toThrow('[bouncy/sns] topicArns.0: ')
    expect(() => make({ endpoint, acknowledge }, 'arn:aws:sns:us-east-1:123456789012:orders')).not.toThrow()
  })

  it('wants a host that is near', () => {
    const near = [
      endpoint,
      'https://localhost:4566',
      'http://127.0.0.1:4566',
      'http://[::1]:4566',
      'http://localhost.localstack.cloud:4566',
      'http://host.docker.internal:4566',
      'http://sns.localhost:4566',
      'http://localstack:4566',
    ]
    for (const origin of near) expect(() => make({ endpoint: origin, acknowledge }), origin).not.toThrow()
    const refused = [
      undefined,
      '',
      'localhost:4566',
      'http://localhost:4566/',
      'http://localhost:4566/path',
      'http://user@localhost:4566',
      'HTTP://LOCALHOST:4566',
      'ftp://localhost',
      'https://sns.us-east-1.amazonaws.com',
      'http://evil.example',
      'http://localhost.evil.example',
      'http://localhost.localstack.cloud.evil.example:4566',
      'http://192.0.2.1:4566',
      'http://169.254.169.254',
      'http://127.0.0.1@evil.example',
    ]
    for (const origin of refused) {
      expect(() => make({ endpoint: origin, acknowledge }), origin).toThrow(
        '[bouncy/sns] emulator.endpoint: ',
      )
    }
    for (const certificatePath of ['', 'sns/', '/sns', '//evil.example/', '/a?b/']) {
      expect(() => make({ endpoint, acknowledge, certificatePath })).toThrow(
        '[bouncy/sns] emulator.certificatePath: ',
      )
    }
  })

  it('warns each time', () => {
    make({ endpoint, acknowledge })
    make({ endpoint, acknowledge })
    expect(warnings).toHaveBeenCalledTimes(2)
    expect(warnings).toHaveBeenCalledWith(
      expect.stringContaining('emulator'),
      expect.objectContaining({ code: 'BOUNCY_SNS_EMULATOR' }),
    )
  })
})

describe('over a real socket', () => {
  const signer = makeSigner({ certificate: { commonName: 'sns.emulator.example' } })
  let server: Server
  afterEach(() => new Promise((resolve) => server.close(resolve)))

  /** An emulator that hands out `body`; the requests made to it, and a verifier for it. */
  async function emulate(status: number, body: string, headers: Record<string, string> = {}) {
    const asked: string[] = []
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      const other = request.url === '/elsewhere'
      response.writeHead(other ? 200 : status, headers).end(other ? signer.certificate : body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const verifier = make({ endpoint, acknowledge })
    const SigningCertURL = `${endpoint}/_aws/sns/${FILE}`
    return { asked, endpoint, verifier, SigningCertURL }
  }

  it('its messages are verified and its subscriptions confirmed', async () => {
    const { asked, verifier, SigningCertURL } = await emulate(200, signer.certificate)
    const post = changed(signer.subscriptionConfirmation({ topicArn: TOPIC, token: 't' }), { SigningCertURL })
    const message = await verifier.verify(post.body)
    await verifier.confirm(message)
    expect(asked).toEqual([
      `/_aws/sns/${FILE}`,
      `/?Action=ConfirmSubscription&TopicArn=${encodeURIComponent(TOPIC)}&Token=t`,
    ])
  })

  it('a message that names AWS or another server is refused', async () => {
    const { asked, endpoint, verifier } = await emulate(200, signer.certificate)
    const post = signer.notification({ topicArn: TOPIC, message: 'm' })
    for (const url of [
      signer.certificateUrl(TOPIC),
      `${endpoint}0/_aws/sns/${FILE}`,
      `${endpoint}/${FILE}`,
    ]) {
      const body = changed(post, { SigningCertURL: url }).body
      await expect(verifier.verify(body)).rejects.toMatchObject({ code: 'certificate-url-refused' })
    }
    expect(asked).toEqual([])
  })

  it('a redirect is not followed', async () => {
    const { asked, verifier, SigningCertURL } = await emulate(302, '', { location: '/elsewhere' })
    const post = changed(signer.notification({ topicArn: TOPIC, message: 'm' }), { SigningCertURL })
    await expect(verifier.verify(post.body)).rejects.toMatchObject({ code: 'certificate-unreachable' })
    expect(asked).toEqual([`/_aws/sns/${FILE}`])
  })

  it('an answer that is too large is refused', async () => {
    const { verifier, SigningCertURL } = await emulate(200, ' '.repeat(1024 * 1024))
    const post = changed(signer.notification({ topicArn: TOPIC, message: 'm' }), { SigningCertURL })
    await expect(verifier.verify(post.body)).rejects.toMatchObject({ code: 'certificate-refused' })
  })
})
