import { createBouncy, type Logger, memoryStore } from '@bouncy/core'
import { expressWebhooks } from '@bouncy/express'
import express5, { type RequestHandler } from 'express'
import express4, { type RequestHandler as RequestHandler4 } from 'express4'
import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest'
import { serve } from './server.ts'

const silent = (): void => {}

/** Bouncy with a provider that keeps what it was given. */
function recorder() {
  const received: { readonly url: string; readonly body: string }[] = []
  const messages: string[] = []
  const error: Logger['error'] = (facts) => messages.push((facts as { error: string }).error)
  const bouncy = createBouncy({
    providers: [
      {
        name: 'kit',
        verify: ({ url, body }) => void received.push({ url, body: Buffer.from(body).toString('latin1') }),
        parse: () => ({ events: [] }),
      },
    ],
    store: memoryStore(),
    logger: { debug: silent, info: silent, warn: silent, error },
  })
  return { bouncy, received, messages }
}

async function start(app: Parameters<typeof serve>[0]) {
  const { origin, close } = await serve(app)
  onTestFinished(async () => void (await close()))
  return (path: string, body: string | Uint8Array, type = 'application/json') =>
    fetch(`${origin}${path}`, { method: 'POST', body: body as string, headers: { 'content-type': type } })
}

describe.each([
  ['express 4.18', express4 as unknown as typeof express5],
  ['express 5', express5],
])('with %s', (_, express) => {
  it('is reached through nested routers, with a trailing slash and a query', async () => {
    const { bouncy, received } = recorder()
    const app = express()
    const api = express.Router()
    const hooks = express.Router()
    hooks.use('/mail', expressWebhooks(bouncy))
    api.use('/hooks', hooks)
    app.use('/api/:version', api)
    const post = await start(app)
    const paths = ['/api/v1/hooks/mail/kit', '/api/v1/hooks/mail/kit/', '/api/v1/hooks/mail/kit?to=/none']
    for (const path of paths) expect((await post(path, '{}')).status, path).toBe(200)
    expect(received.map(({ url }) => url)).toEqual(paths)
    for (const path of ['/api/v1/hooks/mail', '/api/v1/hooks/mail/', '/api/v1/hooks/mail/none']) {
      const response = await post(path, '{}')
      expect(response.status, path).toBe(404)
      expect(await response.text(), 'the reply is that of Bouncy').toBe('not found')
    }
  })

  it('can be a whole route, named like its provider', async () => {
    const { bouncy, received } = recorder()
    const app = express()
    app.all('/kit', expressWebhooks(bouncy))
    const post = await start(app)
    expect((await post('/kit', '{}')).status).toBe(200)
    expect(received).toHaveLength(1)
  })

  it('reads for itself what a parser mounted before it leaves alone', async () => {
    const { bouncy, received } = recorder()
    const app = express()
    app.use(express.json(), express.urlencoded({ extended: true }))
    app.use('/webhooks', expressWebhooks(bouncy))
    const post = await start(app)
    expect((await post('/webhooks/kit', '{ "a":1 }', 'text/plain; charset=UTF-8')).status).toBe(200)
    expect(received).toEqual([{ url: '/webhooks/kit', body: '{ "a":1 }' }])
  })

  it('takes the bytes of express.raw', async () => {
    const { bouncy, received } = recorder()
    const app = express()
    app.use('/webhooks', express.raw({ type: () => true }), expressWebhooks(bouncy))
    const post = await start(app)
    expect((await post('/webhooks/kit', Uint8Array.of(0xef, 0xbb, 0xbf, 0xff))).status).toBe(200)
    expect(received[0]?.body).toBe('\xef\xbb\xbf\xff')
  })

  it.each([
    ['express.json', (from: typeof express) => from.json()],
    ['express.text', (from: typeof express) => from.text({ type: () => true })],
  ])('refuses what %s made of a body, and names the remedy in the log', async (_, parser) => {
    const { bouncy, received, messages } = recorder()
    const app = express()
    app.use(parser(express))
    app.use('/webhooks', expressWebhooks(bouncy))
    const post = await start(app)
    expect((await post('/webhooks/kit', '{ "a":1 }')).status).toBe(503)
    expect(received).toEqual([])
    expect(messages[0]).toContain('[bouncy/express] something read the body first')
    expect(messages[0]).toContain('mount expressWebhooks before express.json() and its like')
    expect(messages[0]).toContain('req.rawBody = bytes')
  })

  it('never calls next, nor the error handlers of the application', async () => {
    const { bouncy } = recorder()
    const app = express()
    const seen: string[] = []
    app.use('/webhooks', expressWebhooks(bouncy))
    app.use((request, response) => {
      seen.push(request.url)
      response.sendStatus(418)
    })
    const post = await start(app)
    expect((await post('/webhooks/none', '{}')).status).toBe(404)
    expect((await post('/webhooks/kit', 'a=1', 'application/x-www-form-urlencoded')).status).toBe(415)
    expect((await post('/other', '{}')).status).toBe(418)
    expect(seen).toEqual(['/other'])
  })
})

describe('expressWebhooks', () => {
  it('names itself where an option cannot be used', () => {
    const { bouncy } = recorder()
    expect(() => expressWebhooks(undefined as never)).toThrow(
      '[bouncy/express] bouncy: pass what createBouncy',
    )
    expect(() => expressWebhooks(bouncy, { bodyTimeoutMs: -1 })).toThrow(
      '[bouncy/express] bodyTimeoutMs: give',
    )
    expect(() => expressWebhooks(bouncy, { limit: 1 } as never)).toThrow(
      '[bouncy/express] limit: no such option',
    )
  })

  it('is a handler for both versions, and a wrong option does not compile', () => {
    const { bouncy } = recorder()
    expectTypeOf(expressWebhooks(bouncy)).toExtend<RequestHandler>()
    expectTypeOf(expressWebhooks(bouncy)).toExtend<RequestHandler4>()
    express5().use('/webhooks', expressWebhooks(bouncy))
    express4().use('/webhooks', expressWebhooks(bouncy))
    // @ts-expect-error: a body parser has a limit, a provider has maxBodyBytes
    expect(() => expressWebhooks(bouncy, { limit: '1mb' })).toThrow()
  })
})
