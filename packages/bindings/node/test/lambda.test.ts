import { createBouncy, memoryStore, type WebhookRequest } from '@bouncy/core'
import { type LambdaEvent, lambdaWebhooks } from '@bouncy/node/lambda'
import { postmark } from '@bouncy/postmark'
import { postmarkPosts } from '@bouncy/postmark/testing'
import { ses } from '@bouncy/ses'
import { sesPosts } from '@bouncy/ses/testing'
import { createSnsSigner } from '@bouncy/sns/testing'
import type {
  ALBHandler,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  Context,
  LambdaFunctionURLHandler,
} from 'aws-lambda'
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  functionUrl,
  httpApi,
  loadBalancer,
  loadBalancerOfLists,
  type MakeEvent,
  restApi,
  type Sent,
} from './lambda-events.ts'
import { recorder } from './server.ts'

const SOURCES: readonly (readonly [string, MakeEvent])[] = [
  ['a function URL', functionUrl],
  ['an HTTP API', httpApi],
  ['a REST API', restApi],
  ['a load balancer', loadBalancer],
  ['a load balancer with lists of headers', loadBalancerOfLists],
]

/** The reply with its headers as one record, whichever of both forms the event asks for. */
async function invoke(bouncy: Parameters<typeof lambdaWebhooks>[0], event: LambdaEvent) {
  const { headers, multiValueHeaders, ...reply } = await lambdaWebhooks(bouncy)(event)
  expect([headers, multiValueHeaders]).toContain(undefined)
  expect(multiValueHeaders !== undefined).toBe('multiValueHeaders' in event)
  const lists = Object.entries(multiValueHeaders ?? {}).map(([name, values]) => [name, values.join()])
  return { ...reply, headers: headers ?? Object.fromEntries(lists) }
}

describe.each(SOURCES)('behind %s', (source, makeEvent) => {
  const secret = 'a long secret'
  const topicArn = 'arn:aws:sns:us-east-1:111122223333:mail-events'
  const signer = createSnsSigner()
  const amazon = sesPosts({ signer, topicArn, signatureVersion: '2' })
  const setUp = () =>
    createBouncy({
      providers: [
        ses({ topicArns: [topicArn], fetch: signer.fetch }),
        postmark({ credentials: [{ username: 'hook', password: secret }] }),
      ],
      store: memoryStore(),
    })

  it('answers when the store knows that handlers have succeeded: nothing runs afterwards', async () => {
    const store = memoryStore()
    const bouncy = createBouncy({
      providers: [postmark({ credentials: [{ username: 'hook', password: secret }] })],
      store: {
        ...store,
        async settle(outcomes) {
          await new Promise((resolve) => setImmediate(resolve))
          await store.settle(outcomes)
        },
      },
    })
    bouncy.on('*', () => {})
    const sent = postmarkPosts({ username: 'hook', password: secret }).bounce()
    await invoke(bouncy, makeEvent({ ...sent, path: '/postmark' }))
    expect((await bouncy.events({ state: 'settled' })).items).toHaveLength(1)
  })

  it('stores what Amazon SES and Postmark post, once, and refuses what is forged', async () => {
    const bouncy = setUp()
    const seen: string[] = []
    bouncy.on('bounce', ({ provider, recipient }) => seen.push(`${provider} ${recipient}`))
    const genuine = amazon.bounce({ recipients: [{ emailAddress: 'zoë@example.com' }] })
    const forged = { ...genuine, body: genuine.body.replaceAll('zoë@', 'eve@') }
    expect(forged.body).not.toBe(genuine.body)
    const bounce = postmarkPosts({ username: 'hook', password: secret }).bounce('HardBounce', {
      Email: 'lee@example.com',
    })
    const status = async (path: string, post: Sent): Promise<number> =>
      (await invoke(bouncy, makeEvent({ ...post, path }))).statusCode
    expect(await status('/webhooks/ses', forged)).toBe(403)
    expect(await status('/webhooks/ses', genuine)).toBe(200)
    expect(await status('/webhooks/ses', genuine)).toBe(200)
    const anonymous = await invoke(
      bouncy,
      makeEvent({ ...postmarkPosts().bounce(), path: '/webhooks/postmark' }),
    )
    expect([anonymous.statusCode, anonymous.headers['www-authenticate']]).toEqual([401, expect.any(String)])
    expect(await status('/webhooks/postmark', bounce)).toBe(200)
    expect(seen).toEqual(['ses zoë@example.com', 'postmark lee@example.com'])
  })

  it('hands over the exact bytes, the path, headers in any case and the address', async () => {
    const received: WebhookRequest[] = []
    const { bouncy } = recorder({ verify: (request) => void received.push(request) })
    const bodies = ['{ "a":"é€"}\r\n', Uint8Array.of(0xef, 0xbb, 0xbf, 0xff, 0x00), '']
    const headers = { 'Content-Type': 'application/json', 'x-list': ['a', 'b'] }
    for (const body of bodies) {
      expect(await invoke(bouncy, makeEvent({ query: 'a=1&b=%2F', headers, body }))).toMatchObject({
        statusCode: 200,
        body: '',
        isBase64Encoded: false,
      })
    }
    expect(received.map(({ body }) => Buffer.from(body))).toEqual(bodies.map((body) => Buffer.from(body)))
    const [{ header, ...request } = received[0] as WebhookRequest] = received
    expect(header('CONTENT-type')).toBe('application/json')
    expect(header('X-List')?.split(/, ?/)).toEqual(['a', 'b'])
    expect([header('x-none'), header('constructor')]).toEqual([undefined, undefined])
    expect([request.method, request.url]).toEqual(['POST', URLS[source] ?? '/webhooks/kit'])
    expect(request.remoteAddress).toBe(source.startsWith('a load balancer') ? undefined : '192.0.2.7')
  })

  it('refuses as it does over sockets', async () => {
    const { bouncy, bodies } = recorder({ maxBodyBytes: 10 })
    const refused = async (sent: Sent): Promise<number> => (await invoke(bouncy, makeEvent(sent))).statusCode
    const get = await invoke(bouncy, makeEvent({ method: 'GET' }))
    expect([get.statusCode, get.headers.allow]).toEqual([405, 'POST'])
    expect(await refused({ path: '/webhooks/none', body: '{}' })).toBe(404)
    expect(await refused({ path: '/' })).toBe(404)
    expect(await refused({ body: '{}', headers: { 'content-encoding': 'gzip' } })).toBe(415)
    expect(
      await refused({ body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
    ).toBe(415)
    expect(await refused({ body: 'x'.repeat(11) })).toBe(413)
    expect(await refused({ body: 'é'.repeat(6) })).toBe(413)
    expect(bodies).toEqual([])
    expect(await refused({ body: 'x'.repeat(10) })).toBe(200)
  })

  it('answers what a provider answers', async () => {
    const { bouncy } = recorder({
      handshake: async () => ({ status: 202, headers: { 'x-kit': 'a; b' }, body: 'Grüße' }),
    })
    expect(await invoke(bouncy, makeEvent({ body: '{}' }))).toEqual({
      statusCode: 202,
      headers: { 'x-kit': 'a; b' },
      body: 'Grüße',
      isBase64Encoded: false,
    })
  })
})

/** Where the path is another than the one in the request. */
const URLS: Readonly<Record<string, string>> = {
  'a function URL': '/webhooks/kit?a=1&b=%2F',
  'an HTTP API': '/prod/webhooks/kit?a=1&b=%2F',
}

describe('lambdaWebhooks', () => {
  it('wants what createBouncy returned', () => {
    expect(() => lambdaWebhooks(undefined as never)).toThrow('[bouncy/node] bouncy: pass what createBouncy')
  })

  it.each([
    ['of SNS', { Records: [{ EventSource: 'aws:sns', Sns: {} }] }],
    ['of the console', { key1: 'value1' }],
    ['of nothing', null],
  ])('says what to do with an event %s', async (_, event) => {
    const { bouncy } = recorder()
    await expect(lambdaWebhooks(bouncy)(event as never)).rejects.toThrow(
      '[bouncy/node] event: this is no HTTP request; put the function behind a function URL',
    )
  })

  it('answers 503 where Bouncy cannot store, and leaves it open for the next invocation', async () => {
    const { bouncy } = recorder({
      verify() {
        throw new Error('unexpected')
      },
    })
    const handler = lambdaWebhooks(bouncy)
    for (const _ of [1, 2]) {
      expect(await handler(functionUrl({ body: '{}' }))).toMatchObject({
        statusCode: 503,
        headers: { 'retry-after': expect.any(String) },
      })
    }
  })

  it('is a handler as the types of AWS describe it, without needing them', () => {
    const handler = lambdaWebhooks(recorder().bouncy)
    expectTypeOf(handler).toExtend<LambdaFunctionURLHandler>()
    expectTypeOf(handler).toExtend<APIGatewayProxyHandlerV2>()
    expectTypeOf(handler).toExtend<APIGatewayProxyHandler>()
    expectTypeOf(handler).toExtend<ALBHandler>()
    expectTypeOf<Parameters<LambdaFunctionURLHandler>[1]>().toEqualTypeOf<Context>()
    // @ts-expect-error an event of a queue is none
    void (() => handler({ Records: [] }))
  })
})
