import { createServer } from 'node:http'
import { connect } from 'node:net'
import { koaWebhooks } from '@bouncy/koa'
import Koa from 'koa'
import { koaBody } from 'koa-body'
import mount from 'koa-mount'
import Koa2 from 'koa2'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listening, recorder } from './server.ts'

const JSON_POST = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{ "a":1 }' }

/** Serves an application until the test ends. */
async function serve(app: { callback(): Parameters<typeof createServer>[1] }): Promise<string> {
  const { origin, close } = await listening(createServer(app.callback()).listen(0, '127.0.0.1'))
  onTestFinished(async () => void (await close()))
  return origin
}

describe('koaWebhooks refuses to be constructed', () => {
  const { bouncy } = recorder()
  it.each([
    [
      'without Bouncy',
      () => koaWebhooks(undefined as never, { prefix: '/' }),
      'bouncy: pass what createBouncy',
    ],
    ['without options', () => koaWebhooks(bouncy, undefined as never), 'prefix: give the path'],
    ['without a prefix', () => koaWebhooks(bouncy, {} as never), 'prefix: give the path'],
    [
      'with a prefix that is no path',
      () => koaWebhooks(bouncy, { prefix: 'webhooks' }),
      'prefix: give the path',
    ],
    ['with a query', () => koaWebhooks(bouncy, { prefix: '/webhooks?a' }), 'prefix: give the path'],
    ['with no deadline', () => koaWebhooks(bouncy, { prefix: '/', bodyTimeoutMs: 0 }), 'bodyTimeoutMs: give'],
    [
      'with a misspelt option',
      () => koaWebhooks(bouncy, { prefix: '/', limit: 1 } as never),
      'limit: no such',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(`[bouncy/koa] ${message}`)
  })
})

describe('the prefix', () => {
  it.each([
    ['/webhooks', '/webhooks/kit', 200],
    ['/webhooks/', '/webhooks/kit', 200],
    ['/webhooks', '/webhooks/eu/kit?a=1', 200],
    ['/webhooks', '/webhooks', 418],
    ['/webhooks', '/Webhooks/kit', 418],
    ['/', '/kit', 200],
    ['/', '/', 404],
  ])('%s answers %s with %i', async (prefix, path, status) => {
    const { bouncy } = recorder()
    const app = new Koa()
    app.use(koaWebhooks(bouncy, { prefix }))
    app.use((ctx) => {
      ctx.status = 418
    })
    expect((await fetch((await serve(app)) + path, JSON_POST)).status).toBe(status)
  })

  it('counts from where koa-mount has mounted it, and the provider is told the whole path', async () => {
    const { bouncy, received } = recorder()
    const app = new Koa()
    app.use(mount('/mail', koaWebhooks(bouncy, { prefix: '/webhooks' })))
    expect((await fetch(`${await serve(app)}/mail/webhooks/kit?a=1`, JSON_POST)).status).toBe(200)
    expect(received).toEqual([{ url: '/mail/webhooks/kit?a=1', body: '{ "a":1 }' }])
  })
})

describe('a request target', () => {
  it.each([
    ['http://hooks.example.com/webhooks/kit', 200],
    ['http://[/webhooks/kit', 404],
    ['http://hooks.example.com:99999999/webhooks/kit', 200],
    ['mail://', 404],
    ['*', 404],
  ])('is ours where it has a path below the prefix: %s', async (target, status) => {
    for (const Application of [Koa, Koa2]) {
      const { bouncy } = recorder()
      const app = new Application()
      const errors: unknown[] = []
      app.on('error', (error) => errors.push(error))
      app.use(koaWebhooks(bouncy, { prefix: '/webhooks' }) as never)
      const { port } = new URL(await serve(app))
      const socket = connect(Number(port), '127.0.0.1')
      socket.write(`POST ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`)
      const [line] = (await socket.toArray()).toString().split('\r\n')
      expect(line).toMatch(`HTTP/1.1 ${status} `)
      expect(errors).toEqual([])
    }
  })
})

describe('in an application', () => {
  it('middleware before it adds its headers and sees the status, and Koa hears of no error', async () => {
    const { bouncy } = recorder()
    const seen: number[] = []
    const errors: unknown[] = []
    const app = new Koa2()
    app.on('error', (error) => errors.push(error))
    app.use(async (ctx, next) => {
      ctx.set('x-request-id', '7')
      await next()
      seen.push(ctx.status)
      ctx.set('x-response-time', '1')
    })
    app.use(koaWebhooks(bouncy, { prefix: '/webhooks' }))
    const origin = await serve(app)
    for (const [path, status] of [
      ['/webhooks/kit', 200],
      ['/webhooks/none', 404],
      ['/elsewhere', 404],
    ] as const) {
      const reply = await fetch(origin + path, JSON_POST)
      expect(reply.status).toBe(status)
      expect(reply.headers.get('x-request-id')).toBe('7')
    }
    expect(seen).toEqual([200, 404, 404])
    expect(errors).toEqual([])
  })

  it('what fails after it is answered by the error handling of the application', async () => {
    const { bouncy } = recorder()
    const app = new Koa()
    app.use(async (ctx, next) => {
      try {
        await next()
      } catch {
        ctx.status = 502
      }
    })
    app.use(koaWebhooks(bouncy, { prefix: '/webhooks' }))
    app.use(() => Promise.reject(new Error('of the application')))
    const origin = await serve(app)
    expect((await fetch(`${origin}/shop`)).status).toBe(502)
    expect((await fetch(`${origin}/webhooks/kit`, JSON_POST)).status).toBe(200)
  })

  it('koa-body before it, which keeps text, is an error with the remedy in the log', async () => {
    const { bouncy, received, log } = recorder()
    const app = new Koa()
    app.use(koaBody({ includeUnparsed: true }))
    app.use(koaWebhooks(bouncy, { prefix: '/webhooks' }))
    expect((await fetch(`${await serve(app)}/webhooks/kit`, JSON_POST)).status).toBe(503)
    expect(log).toMatchObject([
      { code: 'body-already-read', error: expect.stringContaining('koaWebhooks before') },
    ])
    expect(received).toEqual([])
  })

  it('bytes that something left in ctx.request.body are used', async () => {
    const { bouncy, received } = recorder()
    const app = new Koa()
    app.use(async (ctx, next) => {
      ctx.request.body = Buffer.concat(await ctx.req.toArray())
      await next()
    })
    app.use(koaWebhooks(bouncy, { prefix: '/webhooks' }))
    expect((await fetch(`${await serve(app)}/webhooks/kit`, JSON_POST)).status).toBe(200)
    expect(received).toMatchObject([{ body: '{ "a":1 }' }])
  })
})
