import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:http2'
import { text } from 'node:stream/consumers'
import { fastifyWebhooks } from '@bouncy/fastify'
import fastify from 'fastify'
import fastify50 from 'fastify50'
import { describe, expect, it, onTestFinished } from 'vitest'
import { recorder, serve } from './server.ts'

const POST = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{ "a":1 }' }

describe('fastifyWebhooks refuses to be constructed', () => {
  const { bouncy } = recorder()
  it.each([
    ['without Bouncy', () => fastifyWebhooks(undefined as never), 'bouncy: pass what createBouncy returned'],
    [
      'with no deadline',
      () => fastifyWebhooks(bouncy, { bodyTimeoutMs: 0 }),
      'bodyTimeoutMs: give a whole number',
    ],
    // @ts-expect-error there is no such option, and the types say so
    ['with a misspelt option', () => fastifyWebhooks(bouncy, { prefix: '/x' }), 'prefix: no such option'],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(`[bouncy/fastify] ${message}`)
  })
})

describe('the plugin', () => {
  it('has no part in the parsers and limits of the application, nor they in it', async () => {
    const { bouncy, bodies } = recorder()
    const app = fastify({ bodyLimit: 12 })
    app.register(fastifyWebhooks(bouncy), { prefix: '/webhooks' })
    app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) =>
      done(null, `text ${body}`),
    )
    app.post('/shop', (request, reply) => reply.send(request.body))
    const origin = await serve(app)
    for (const type of ['application/json', 'text/plain', 'a/b', 'x', '']) {
      const post = { ...POST, body: 'more than twelve bytes', headers: { 'content-type': type } }
      expect((await fetch(`${origin}/webhooks/kit`, post)).status).toBe(200)
    }
    expect(new Set(bodies)).toEqual(new Set(['more than twelve bytes']))
    const shop = async (type: string, body: string): Promise<readonly [number, string]> => {
      const reply = await fetch(`${origin}/shop`, { ...POST, headers: { 'content-type': type }, body })
      return [reply.status, await reply.text()]
    }
    expect(await shop('application/json', '{ "a":1 }')).toEqual([200, '{"a":1}'])
    expect(await shop('text/plain', 'hello')).toEqual([200, 'text hello'])
    expect(await shop('application/json', '"more than twelve bytes"')).toEqual([
      413,
      expect.stringContaining('FST_'),
    ])
    expect(await shop('application/xml', '<a/>')).toEqual([415, expect.stringContaining('FST_')])
  })

  it('leaves routes below its prefix alone, and can be registered again for another Bouncy', async () => {
    const [shop, news] = [recorder(), recorder()]
    const app = fastify()
    app.register(
      async (child) => {
        child.register(fastifyWebhooks(shop.bouncy), { prefix: '/shop' })
        child.register(fastifyWebhooks(news.bouncy), { prefix: '/news' })
        child.get('/shop/status', () => 'fine')
      },
      { prefix: '/webhooks' },
    )
    const origin = await serve(app)
    expect((await fetch(`${origin}/webhooks/shop/kit`, { ...POST, body: 'for shop' })).status).toBe(200)
    expect((await fetch(`${origin}/webhooks/news/kit`, { ...POST, body: 'for news' })).status).toBe(200)
    expect([shop.bodies, news.bodies]).toEqual([['for shop'], ['for news']])
    expect(await (await fetch(`${origin}/webhooks/shop/status`)).text()).toBe('fine')
    expect((await fetch(`${origin}/webhooks/shop/status`, POST)).status).toBe(404)
  })

  it('is seen by the hooks for requests and responses, and a hook that answers first is obeyed', async () => {
    const { bouncy, bodies } = recorder()
    const app = fastify50()
    const seen: [string, number][] = []
    app.addHook('onRequest', async (request, reply) => {
      if (request.headers['x-too-many'] !== undefined) await reply.code(429).send()
    })
    app.addHook('onResponse', async (request, reply) => void seen.push([request.url, reply.statusCode]))
    app.register(fastifyWebhooks(bouncy), { prefix: '/webhooks' })
    const origin = await serve(app)
    expect((await fetch(`${origin}/webhooks/none`, POST)).status).toBe(404)
    const tooMany = { ...POST, headers: { 'x-too-many': '1' } }
    expect((await fetch(`${origin}/webhooks/kit`, tooMany)).status).toBe(429)
    await expect
      .poll(() => seen)
      .toEqual([
        ['/webhooks/none', 404],
        ['/webhooks/kit', 429],
      ])
    expect(bodies).toEqual([])
  })

  it('answers what is injected', async () => {
    const { bouncy, bodies } = recorder({ maxBodyBytes: 100_000 })
    const app = fastify()
    app.register(fastifyWebhooks(bouncy), { prefix: '/webhooks' })
    onTestFinished(() => app.close())
    const inject = async (url: string, payload: string) =>
      (await app.inject({ method: 'POST', url, payload })).statusCode
    expect(await inject('/webhooks/kit', '{ "a":1 }')).toBe(200)
    expect(await inject('/webhooks/none', '{}')).toBe(404)
    expect(await inject('/webhooks/kit', ' '.repeat(200_000))).toBe(413)
    expect((await app.inject('/webhooks/kit')).statusCode).toBe(405)
    expect(bodies).toEqual(['{ "a":1 }'])
  })

  it('works over HTTP/2', async () => {
    const { bouncy, bodies } = recorder()
    const app = fastify({ http2: true })
    app.register(fastifyWebhooks(bouncy), { prefix: '/webhooks' })
    const client = connect(await serve(app))
    onTestFinished(() => client.destroy())
    const stream = client.request({ ':method': 'POST', ':path': '/webhooks/kit' })
    stream.end('{ "a":1 }')
    const [head] = await once(stream, 'response')
    expect([head[':status'], await text(stream)]).toEqual([200, ''])
    expect(bodies).toEqual(['{ "a":1 }'])
  })
})

describe('app.close()', () => {
  it('waits for what is under way, and only then closes what onClose closes', async () => {
    const entered = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    const order: string[] = []
    const { bouncy } = recorder({
      async verify() {
        entered.resolve()
        await gate.promise
        order.push('stored')
      },
    })
    const app = fastify()
    app.register(fastifyWebhooks(bouncy), { prefix: '/webhooks' })
    app.addHook('onClose', async () => {
      await bouncy.close()
      order.push('closed')
    })
    // Without keep-alive: Fastify waits for connections, too.
    const sent = request(`${await serve(app)}/webhooks/kit`, { method: 'POST', agent: false })
    sent.end('{ "a":1 }')
    await entered.promise
    const closing = app.close()
    setImmediate(gate.resolve)
    const [reply] = await once(sent, 'response')
    reply.resume()
    await closing
    expect(reply.statusCode).toBe(200)
    expect(order).toEqual(['stored', 'closed'])
  })
})
