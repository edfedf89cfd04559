import { readdirSync, readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { type HonoWebhooksOptions, honoWebhooks } from '@bouncy/hono'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { describe, expect, it } from 'vitest'
import { recorder } from './recorder.ts'

const URL_OF_KIT = 'https://example.org/webhooks/kit?a=1'

/** A request as a fetch runtime makes it: its body is a stream, and nothing of Node is in it. */
function post(
  body: ReadableStream | string | null = '{ "a":1 }',
  headers: Record<string, string> = {},
): Request {
  return new Request(URL_OF_KIT, { method: 'POST', headers, body, duplex: 'half' })
}

const streamOf = (...chunks: readonly string[]): ReadableStream =>
  ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)))

describe('honoWebhooks refuses to be constructed', () => {
  const { bouncy } = recorder()
  // @ts-expect-error the types say so, too
  const misspelt: HonoWebhooksOptions = { wait: 5 }
  it.each([
    ['without Bouncy', () => honoWebhooks(undefined as never), 'bouncy: pass what createBouncy returned'],
    [
      'with what is no getConnInfo',
      () => honoWebhooks(bouncy, { getConnInfo: '192.0.2.1' as never }),
      'getConnInfo: pass the function',
    ],
    ['with no object', () => honoWebhooks(bouncy, null as never), 'give the options as an object'],
    [
      'with a misspelt option',
      () => honoWebhooks(bouncy, misspelt),
      'wait: no such option; there is getConn',
    ],
    ['with one of Object', () => honoWebhooks(bouncy, { toString: 5 } as never), 'toString: no such option'],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(`[bouncy/hono] ${message}`)
  })
})

describe('on a fetch runtime', () => {
  it('hands over the exact bytes, the path, the headers and no address', async () => {
    const { bouncy, received } = recorder()
    const app = new Hono<{ Bindings: { DB: string } }>()
    app.all('/webhooks/*', honoWebhooks(bouncy))
    const reply = await app.fetch(post(streamOf('{ "a":', '', '"é', '€"}\r\n'), { 'X-List': 'a, b' }), {
      DB: '',
    })
    expect([reply.status, await reply.text()]).toEqual([200, ''])
    const [{ method, url, body, remoteAddress, header } = {}] = received
    expect({ method, url, body: new TextDecoder().decode(body), remoteAddress }).toEqual({
      method: 'POST',
      url: '/webhooks/kit?a=1',
      body: '{ "a":"é€"}\r\n',
      remoteAddress: undefined,
    })
    expect([header?.('x-LIST'), header?.('x-none')]).toEqual(['a, b', undefined])
  })

  it('takes a body that is null for an empty one', async () => {
    const { bouncy, received } = recorder()
    const app = new Hono().all('/webhooks/*', honoWebhooks(bouncy))
    expect((await app.fetch(post(null))).status).toBe(200)
    expect(received[0]?.body).toEqual(new Uint8Array())
  })

  it.each([1024, 1025])('a body of %i bytes in pieces, where 1,024 are allowed', async (size) => {
    const { bouncy, received } = recorder()
    const app = new Hono().all('/webhooks/*', honoWebhooks(bouncy))
    const pieces = Array.from({ length: size }, (_, index) => String(index % 10))
    expect((await app.fetch(post(streamOf(...pieces)))).status).toBe(size > 1024 ? 413 : 200)
    if (size <= 1024) expect(new TextDecoder().decode(received[0]?.body)).toBe(pieces.join(''))
  })

  it('reads an endless body no further than it must, and does not cancel it', async () => {
    const { bouncy } = recorder()
    const app = new Hono().all('/webhooks/*', honoWebhooks(bouncy))
    let pulled = 0
    let cancelled = false
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(100))
      },
      cancel() {
        cancelled = true
      },
    })
    expect((await app.fetch(post(endless))).status).toBe(413)
    expect(pulled).toBeLessThan(15)
    expect(cancelled).toBe(false)
  })

  it('answers 408 to a body that does not come, and reads no further when it comes after all', async () => {
    const { bouncy, received, log } = recorder({}, { bodyTimeoutMs: 20 })
    const app = new Hono().all('/webhooks/*', honoWebhooks(bouncy))
    const gate = Promise.withResolvers<void>()
    let pulled = 0
    const slow = new ReadableStream(
      {
        async pull(controller) {
          pulled += 1
          if (pulled > 1) await gate.promise
          controller.enqueue(new Uint8Array(1))
        },
      },
      { highWaterMark: 0 },
    )
    expect((await app.fetch(post(slow))).status).toBe(408)
    expect(log).toMatchObject([{ code: 'body-too-slow' }])
    gate.resolve()
    await setImmediate()
    expect(pulled).toBe(2)
    expect(received).toEqual([])
  })

  it('does not take a body that breaks off', async () => {
    const { bouncy, received, log } = recorder()
    const app = new Hono().all('/webhooks/*', honoWebhooks(bouncy))
    const broken = new ReadableStream({
      pull: (controller) => controller.error(new Error('reset')),
    })
    expect((await app.fetch(post(broken))).status).toBe(400)
    expect(log).toMatchObject([{ code: 'request-aborted' }])
    expect(received).toEqual([])
  })

  it('shares maxBufferedBytes among its bodies, and gives it back', async () => {
    const gate = Promise.withResolvers<void>()
    const { bouncy, received, log } = recorder({ verify: () => gate.promise }, { maxBufferedBytes: 1500 })
    const app = new Hono().all('/webhooks/*', honoWebhooks(bouncy))
    const full = (): Promise<Response> => Promise.resolve(app.fetch(post(streamOf(' '.repeat(1000)))))
    const first = full()
    expect((await full()).status).toBe(503)
    expect(log).toMatchObject([{ code: 'overloaded' }])
    gate.resolve()
    expect((await first).status).toBe(200)
    for (let count = 0; count < 3; count += 1) expect((await full()).status).toBe(200)
    expect(received).toEqual([])
  })

  it('imports nothing of Node', () => {
    const folder = new URL('../src/', import.meta.url)
    const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'))
    const imported = sources.flatMap((source) =>
      [...source.matchAll(/ from '([^']+)'/g)].map(([, name]) => name),
    )
    expect(new Set(imported.filter((name) => !name?.startsWith('./')))).toEqual(
      new Set(['@bouncy/core', 'hono']),
    )
  })
})

describe('the address of the sender', () => {
  it('is what getConnInfo of the runtime says', async () => {
    const { bouncy, received } = recorder()
    const getConnInfo = () => ({ remote: { address: '192.0.2.7', port: 5 } })
    const app = new Hono().all('/webhooks/*', honoWebhooks(bouncy, { getConnInfo }))
    expect((await app.fetch(post())).status).toBe(200)
    expect(received[0]?.remoteAddress).toBe('192.0.2.7')
  })

  it('is a fault of ours where getConnInfo throws', async () => {
    const { bouncy, received, log } = recorder()
    const getConnInfo = () => {
      throw new TypeError('the environment is another')
    }
    const app = new Hono().all('/webhooks/*', honoWebhooks(bouncy, { getConnInfo }))
    expect((await app.fetch(post())).status).toBe(503)
    expect(log).toMatchObject([
      { code: 'internal', cause: expect.stringContaining('the environment is another') },
    ])
    expect(received).toEqual([])
  })
})

describe('behind middleware', () => {
  it.each([
    ['declared', () => post('{ "a":1 }', { 'content-length': '9' }), 200],
    ['chunked', () => post(streamOf('{ "a"', ':1 }')), 200],
    ['too long for it', () => post(' '.repeat(200)), 413],
  ])('that limits bodies: one that is %s', async (_, request, status) => {
    const { bouncy, received } = recorder()
    const app = new Hono()
    app.use(bodyLimit({ maxSize: 100 }))
    app.all('/webhooks/*', honoWebhooks(bouncy))
    expect((await app.fetch(request())).status).toBe(status)
    if (status === 200) expect(new TextDecoder().decode(received[0]?.body)).toBe('{ "a":1 }')
  })

  it.each([
    ['has made text of the body', (request: Request) => request.text()],
    ['holds a reader of the body', async (request: Request) => request.body?.getReader()],
  ])('that %s: an error with the remedy in the log', async (_, read) => {
    const { bouncy, received, log } = recorder()
    const app = new Hono()
    app.use(async (c, next) => {
      await read(c.req.raw)
      await next()
    })
    app.all('/webhooks/*', honoWebhooks(bouncy))
    const reply = await app.fetch(post())
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '20'])
    expect(log).toMatchObject([
      { code: 'body-already-read', error: expect.stringContaining('hand the Request over before') },
    ])
    expect(received).toEqual([])
  })

  it('that asked for the bytes too late: an error, too', async () => {
    const { bouncy, log } = recorder()
    const app = new Hono()
    app.use(async (c, next) => {
      await c.req.raw.text()
      await c.req.arrayBuffer().catch(() => {})
      await next()
    })
    app.all('/webhooks/*', honoWebhooks(bouncy))
    expect((await app.fetch(post())).status).toBe(503)
    expect(log).toMatchObject([{ code: 'body-already-read' }])
  })

  it('that shapes replies: it sees ours', async () => {
    const { bouncy } = recorder()
    const app = new Hono()
    const seen: number[] = []
    app.use(async (c, next) => {
      await next()
      seen.push(c.res.status)
      c.header('x-response-time', '1')
    })
    app.all('/webhooks/*', honoWebhooks(bouncy))
    const reply = await app.fetch(new Request(URL_OF_KIT))
    expect([reply.status, reply.headers.get('allow'), reply.headers.get('x-response-time')]).toEqual([
      405,
      'POST',
      '1',
    ])
    expect(seen).toEqual([405])
  })
})

describe('a reply of a provider', () => {
  it.each([
    ['without content, by its status', { status: 204, body: 'lost' }, 204],
    ['with a header that cannot be sent', { status: 200, headers: { 'x-a': 'line\nbreak' } }, 503],
    ['with a status that cannot be sent', { status: 99 }, 503],
  ])('%s', async (_, answer, status) => {
    const { bouncy } = recorder({ handshake: async () => answer })
    const app = new Hono().all('/webhooks/*', honoWebhooks(bouncy))
    const reply = await app.fetch(post())
    expect([reply.status, await reply.text()]).toEqual([status, ''])
  })
})
