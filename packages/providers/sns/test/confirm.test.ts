import { describe, expect, it } from 'vitest'
import type { SnsMessage } from '../src/index.ts'
import { makeSigner, makeVerifier, TOPIC } from './fixtures.ts'

const confirmation = (topicArn: string, token = 'tok'): SnsMessage => ({
  type: 'SubscriptionConfirmation',
  messageId: 'm',
  topicArn,
  timestamp: '2026-11-22T10:00:00.000Z',
  signatureVersion: '1',
  message: 'You have chosen to subscribe',
  token,
})

describe('confirm', () => {
  it('makes the request that we build, whatever the signed URL says', async () => {
    const aws = makeSigner()
    const verifier = makeVerifier({ fetch: aws.fetch })
    const message = await verifier.verify(
      aws.subscriptionConfirmation({ topicArn: TOPIC, token: 'a&b=c/d' }).body,
    )
    await expect(verifier.confirm(message)).resolves.toBeUndefined()
    expect(aws.requests.at(-1)).toBe(
      'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription' +
        '&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A111122223333%3Aorders&Token=a%26b%3Dc%2Fd',
    )
  })

  it('asks with GET, without following redirects', async () => {
    const asked: RequestInit[] = []
    const verifier = makeVerifier({
      fetch: async (_, init) => {
        asked.push(init ?? {})
        return new Response('<ConfirmSubscriptionResponse/>')
      },
    })
    await verifier.confirm(confirmation(TOPIC))
    expect(asked).toEqual([expect.objectContaining({ method: 'GET', redirect: 'error' })])
  })

  it.each([
    ['aws-cn', 'cn-north-1', 'https://sns.cn-north-1.amazonaws.com.cn/?'],
    ['aws-us-gov', 'us-gov-east-1', 'https://sns.us-gov-east-1.amazonaws.com/?'],
    ['aws-eusc', 'eusc-de-east-1', 'https://sns.eusc-de-east-1.amazonaws.eu/?'],
  ])('asks the host of the partition: %s', async (partition, region, start) => {
    const aws = makeSigner()
    const topicArn = `arn:${partition}:sns:${region}:111122223333:orders.fifo`
    await makeVerifier({ fetch: aws.fetch, topicArns: [topicArn] }).confirm(confirmation(topicArn))
    expect(aws.requests).toEqual([expect.stringContaining(start)])
  })

  it('refuses a topic that is not listed, without a request', async () => {
    const aws = makeSigner()
    const verifier = makeVerifier({ fetch: aws.fetch })
    for (const topicArn of [`${TOPIC}2`, '__proto__', 'https://evil.example/']) {
      await expect(verifier.confirm(confirmation(topicArn))).rejects.toMatchObject({
        code: 'topic-not-listed',
      })
    }
    expect(aws.requests).toEqual([])
  })

  it('refuses other messages, of which one would bring back a subscription that was ended', async () => {
    const aws = makeSigner()
    const verifier = makeVerifier({ fetch: aws.fetch })
    const others = [
      aws.notification({ topicArn: TOPIC, message: 'm' }),
      aws.unsubscribeConfirmation({ topicArn: TOPIC }),
    ]
    for (const { body } of others) {
      await expect(verifier.confirm(await verifier.verify(body))).rejects.toThrow(TypeError)
    }
    expect(aws.requests).toHaveLength(1)
  })

  it.each<readonly [string, () => Promise<Response>]>([
    ['the network is down', () => Promise.reject(new TypeError('fetch failed'))],
    ['the token is too old', async () => new Response('<ErrorResponse/>', { status: 400 })],
    [
      'AWS redirects',
      async () => new Response('', { status: 302, headers: { location: 'https://evil.example/' } }),
    ],
    ['AWS does not answer in time', () => new Promise(() => {})],
  ])('fails with 503 when %s', async (_, answer) => {
    const verifier = makeVerifier({ fetch: answer, limits: { requestTimeoutMs: 20 } })
    await expect(verifier.confirm(confirmation(TOPIC, 'canary-5e1c'))).rejects.toMatchObject({
      code: 'confirmation-failed',
      status: 503,
      message: expect.not.stringContaining('canary-5e1c'),
    })
  })
})
