import { createBouncy, type Logger, memoryStore, type Notice } from '@bouncy/core'
import { type SesOptions, ses } from '@bouncy/ses'
import { createSnsSigner } from '@bouncy/sns/testing'
import { type Post, toWebhookRequest } from '@bouncy/testkit'
import { describe, expect, it } from 'vitest'
import { now, posts, signer, topicArn } from './stage.ts'

/** A receiver with all that it said: to the operator, to the log, to AWS. */
function receiver(options: Partial<SesOptions> = {}) {
  const notices: Notice[] = []
  const lines: string[] = []
  const requests: string[] = []
  const log = (facts: object, message: string) => void lines.push(JSON.stringify({ ...facts, message }))
  const logger: Logger = { debug: log, info: log, warn: log, error: log }
  const aws: typeof fetch = async (input, init) => {
    requests.push(String(input))
    return signer.fetch(input, init)
  }
  const bouncy = createBouncy({
    providers: [ses({ topicArns: [topicArn], fetch: aws, now, ...options })],
    store: memoryStore(),
    logger,
    now,
    onNotice: (notice) => notices.push(notice),
  })
  return {
    bouncy,
    notices,
    lines,
    requests,
    post: (post: Post) => bouncy.receive('ses', toWebhookRequest(post)),
  }
}

const confirmations = (requests: readonly string[]) =>
  requests.filter((url) => url.includes('ConfirmSubscription'))
const tokenOf = (post: Post) => JSON.parse(String(post.body)).Token as string

describe('subscriptions', () => {
  it('are confirmed by a request that we build', async () => {
    const { post, requests, notices } = receiver()
    const confirmation = posts.subscriptionConfirmation()
    expect((await post(confirmation)).status).toBe(200)
    expect(confirmations(requests)).toEqual([
      `https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${encodeURIComponent(topicArn)}&Token=${tokenOf(confirmation)}`,
    ])
    expect(notices).toEqual([])
  })

  it('are answered 503 where AWS does not confirm, so that SNS asks again', async () => {
    const { post } = receiver({
      fetch: async (input, init) =>
        String(input).includes('ConfirmSubscription')
          ? new Response('', { status: 500 })
          : signer.fetch(input, init),
    })
    expect((await post(posts.subscriptionConfirmation())).status).toBe(503)
  })

  it('are only reported with confirmSubscriptions: false, without the token', async () => {
    const { post, requests, notices, lines } = receiver({ confirmSubscriptions: false })
    const confirmation = posts.subscriptionConfirmation()
    expect((await post(confirmation)).status).toBe(200)
    expect(confirmations(requests)).toEqual([])
    expect(notices).toMatchObject([
      { code: 'subscription-not-confirmed', provider: 'ses', details: { topicArn } },
    ])
    expect(lines.join()).toContain('subscription-not-confirmed')
    expect(JSON.stringify(notices) + lines.join()).not.toContain(tokenOf(confirmation))
  })

  it('that end are reported and never visited', async () => {
    const { post, requests, notices, lines } = receiver()
    const confirmation = posts.unsubscribeConfirmation()
    expect((await post(confirmation)).status).toBe(200)
    expect(requests.filter((url) => !url.endsWith('.pem'))).toEqual([])
    expect(notices).toMatchObject([
      {
        code: 'topic-unsubscribed',
        details: { topicArn, messageId: expect.any(String), timestamp: expect.any(String) },
      },
    ])
    expect(JSON.stringify(notices) + lines.join()).not.toContain(tokenOf(confirmation))
  })

  it('of topics that are not listed are refused before anything is requested', async () => {
    const { post, requests } = receiver()
    const other = 'arn:aws:sns:us-east-1:444455556666:mail-events'
    expect((await post(signer.subscriptionConfirmation({ topicArn: other }))).status).toBe(403)
    expect(requests).toEqual([])
  })
})

describe('credentials', () => {
  it('are asked for as SNS wants it: a challenge, then the same with them', async () => {
    const { post, bouncy } = receiver({ basicAuth: [{ username: 'hook', password: 'secret' }] })
    const bounce = posts.bounce()
    const challenged = await post(bounce)
    expect(challenged.status).toBe(401)
    expect(challenged.headers?.['www-authenticate']).toMatch(/^Basic realm=/)
    const authorization = `Basic ${Buffer.from('hook:secret').toString('base64')}`
    expect((await post({ ...bounce, headers: { ...bounce.headers, authorization } })).status).toBe(200)
    expect((await bouncy.events()).items).toHaveLength(1)
  })
})

describe('what follows', () => {
  it('a bounce in both formats counts once, and suppresses', async () => {
    const { post, bouncy } = receiver()
    const content = { recipients: ['gone@example.com'], feedbackId: 'f-1', messageId: 'm-1' }
    await post(posts.bounce(content))
    await post(posts.bounce({ ...content, format: 'identity' }))
    expect((await bouncy.events()).items).toHaveLength(1)
    expect(await bouncy.isSuppressed('gone@example.com')).toBe(true)
  })

  it('a recipient who is only late is not suppressed', async () => {
    const { post, bouncy } = receiver()
    await post(
      posts.bounce({
        recipients: [
          'gone@example.com',
          { emailAddress: 'late@example.com', action: 'delayed', status: '4.0.0' },
        ],
      }),
    )
    expect(await bouncy.isSuppressed('gone@example.com')).toBe(true)
    expect(await bouncy.isSuppressed('late@example.com')).toBe(false)
  })

  it.each([
    ['an echo of the account list', posts.bounce({ bounceSubType: 'OnAccountSuppressionList' })],
    ['a complaint that is an echo', posts.complaint({ subType: 'OnAccountSuppressionList' })],
    ['one of several suspects', posts.complaint({ recipients: ['reader@example.com', 'other@example.com'] })],
    ['not spam', posts.complaint({ feedbackType: 'not-spam' })],
    ['a delay', posts.deliveryDelay()],
    ['a virus in the message', posts.reject()],
    ['a rendering failure', posts.renderingFailure()],
  ])('%s suppresses nobody', async (_, bounce) => {
    const { post, bouncy } = receiver()
    expect((await post(bounce)).status).toBe(200)
    expect(await bouncy.isSuppressed('reader@example.com')).toBe(false)
    expect((await bouncy.events()).items.length).toBeGreaterThan(0)
  })

  it('leaving a topic leaves the rest of the stream alone, for who asks by stream', async () => {
    const { post, bouncy } = receiver()
    await post(posts.subscription({ unsubscribeAll: false, topics: { digest: 'OptOut' } }))
    expect(await bouncy.isSuppressed('reader@example.com', { stream: 'newsletter/digest' })).toBe(true)
    expect(await bouncy.isSuppressed('reader@example.com', { stream: 'transactional' })).toBe(false)
    await post(posts.subscription())
    expect(await bouncy.isSuppressed('reader@example.com', { stream: 'transactional' })).toBe(true)
  })

  it('what is not understood is kept and answered 200', async () => {
    const { post, bouncy } = receiver()
    expect((await post(posts.message({ notificationType: 'Received', mail: {} }))).status).toBe(200)
    expect((await bouncy.quarantined()).items).toMatchObject([{ reason: 'type-unknown: Received' }])
  })

  it('a signature of version 1 is refused where version 2 is required', async () => {
    const { post } = receiver({ requireSignatureV2: true })
    const message = '{"eventType":"Send","mail":{"destination":["a@example.com"]}}'
    expect((await post(signer.notification({ topicArn, message }))).status).toBe(403)
    expect((await post(signer.notification({ topicArn, message, signatureVersion: '2' }))).status).toBe(200)
  })

  it('a certificate that cannot be had is our trouble: 503', async () => {
    const stranger = createSnsSigner({ now })
    const { post } = receiver({ fetch: () => Promise.reject(new TypeError('no network')) })
    expect((await post(stranger.notification({ topicArn, message: '{}' }))).status).toBe(503)
  })
})
