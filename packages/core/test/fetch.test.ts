import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { type BouncyOptions, createBouncy, memoryStore, type WebhookRequest } from '@bouncy/core'
import { testBinding } from '@bouncy/testkit'
import { getRequestListener } from '@hono/node-server'
import { describe, expect, it } from 'vitest'
import { keepingLogger } from './toy.ts'

interface NodeEnvironment {
  readonly incoming: { readonly socket: { readonly remoteAddress?: string } }
}

testBinding('bouncy.fetch', async (bouncy, { prefix, echo, parser }) => {
  const listener = getRequestListener(async (request, env) => {
    const { pathname } = new URL(request.url)
    const { remoteAddress } = (env as NodeEnvironment).incoming.socket
    const isJson = request.headers.get('content-type') === 'application/json'
    if (pathname === echo) return new Response(JSON.stringify(await request.json()))
    if (!pathname.startsWith(`${prefix}/`)) return new Response(null, { status: 404 })
    if (parser === 'none' || !isJson) return bouncy.fetch(request, { remoteAddress })
    const bytes = await request.arrayBuffer()
    return bouncy.fetch(request, {
      remoteAddress,
      rawBody: parser === 'keeps-bytes' ? new Uint8Array(bytes) : undefined,
    })
  })
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
})

function setUp(limits: Pick<BouncyOptions, 'bodyTimeoutMs' | 'maxBufferedBytes'> = {}) {
  const received: WebhookRequest[] = []
  const logger = keepingLogger()
  const kit = {
    name: 'kit',
    verify: (request: WebhookRequest) => void received.push(request),
    parse: () => ({ events: [] }),
  }
  return {
    bouncy: createBouncy({ providers: [kit], store: memoryStore(), logger, ...limits }),
    received,
    logger,
  }
}

describe('the options of fetch', () => {
  const post = (path = '/kit'): Request =>
    new Request(`https://example.org${path}`, { method: 'POST', body: '{}' })

  it('tell the address of the peer, and none where none is told', async () => {
    const { bouncy, received } = setUp()
    await bouncy.fetch(post(), { remoteAddress: '192.0.2.7' })
    await bouncy.fetch(post(), { remoteAddress: undefined })
    await bouncy.fetch(post())
    expect(received.map(({ remoteAddress }) => remoteAddress)).toEqual(['192.0.2.7', undefined, undefined])
  })

  it('bring bytes that were read elsewhere, now or later', async () => {
    const { bouncy, received } = setUp()
    const bytes = new TextEncoder().encode('{ "a":1 }')
    for (const rawBody of [bytes, Promise.resolve(bytes)]) {
      const request = post()
      await request.text()
      expect((await bouncy.fetch(request, { rawBody })).status).toBe(200)
      expect(received.at(-1)?.body).toEqual(bytes)
    }
  })

  it('may bring bytes that fail: 503 where they are needed, and no unhandled rejection where not', async () => {
    const { bouncy, logger } = setUp()
    const rawBody = (): Promise<never> => Promise.reject(new Error('reset'))
    expect((await bouncy.fetch(post(), { rawBody: rawBody() })).status).toBe(503)
    expect(logger.lines.at(-1)?.facts).toMatchObject({ code: 'body-already-read' })
    expect((await bouncy.fetch(post('/none'), { rawBody: rawBody() })).status).toBe(404)
  })

  it('are not confused by what runtimes hand over as the second argument', async () => {
    const { bouncy } = setUp()
    const handlers: readonly ((request: Request, context: object) => Promise<Response>)[] = [bouncy.fetch]
    for (const context of [{ params: {} }, { remoteAddr: { hostname: '::1' } }, { waitUntil() {} }]) {
      expect((await handlers[0]?.(post(), context))?.status).toBe(200)
    }
  })
})

describe('a body that is not to be had is refused, and the log says why', () => {
  const READ = { code: 'body-already-read', status: 503 }
  const BROKEN = { code: 'request-aborted', status: 400 }
  const SMALL = { 'content-length': '2' }
  /** Too large to be asked for in one piece. */
  const LARGE = { 'content-length': '20000' }

  async function factsOf(
    headers: Record<string, string>,
    spoil: (request: Request) => unknown,
    body: string | ReadableStream,
  ) {
    const { bouncy, logger } = setUp()
    const init = { method: 'POST', headers, body, duplex: 'half' } as const
    const request = new Request('https://example.org/kit', init)
    await spoil(request)
    await bouncy.fetch(request)
    return logger.lines.at(-1)?.facts
  }

  it.each([
    ['small', SMALL],
    ['large', LARGE],
    ['of unknown length', {}],
  ])('where it was read, is held or breaks off: %s', async (_, headers) => {
    const whole = '{}'
    expect(await factsOf(headers, (request) => request.text(), whole)).toMatchObject(READ)
    expect(await factsOf(headers, (request) => request.body?.getReader(), whole)).toMatchObject(READ)
    const broken = new ReadableStream({
      pull: (controller) => controller.error(new Error('reset')),
    })
    expect(await factsOf(headers, () => {}, broken)).toMatchObject(BROKEN)
  })

  function sender(limits: Parameters<typeof setUp>[0], headers: Record<string, string>) {
    const { bouncy } = setUp(limits)
    return async (body: string | ReadableStream): Promise<number> => {
      const init = { method: 'POST', headers, body, duplex: 'half' } as const
      return (await bouncy.fetch(new Request('https://example.org/kit', init))).status
    }
  }

  it('where what has come of others fills maxBufferedBytes, and not where it was only announced', async () => {
    const send = sender({ maxBufferedBytes: 5 }, SMALL)
    const slow = [1, 2, 3, 4].map(() => new TransformStream())
    const replies = slow.map(({ readable }) => send(readable))
    const writers = slow.map(({ writable }) => writable.getWriter())
    expect(await send('{}')).toBe(200)
    for (const writer of writers) await writer.write(new TextEncoder().encode('{'))
    await setImmediate()
    expect(await send('{}')).toBe(503)
    for (const writer of writers) {
      await writer.write(new TextEncoder().encode('}'))
      await writer.close()
    }
    expect((await Promise.all(replies)).sort()).toContain(200)
    expect(await send('{}')).toBe(200)
  })

  it.each([
    ['small', SMALL],
    ['of unknown length', {}],
  ])('where it comes too late, and takes nothing of maxBufferedBytes then: %s', async (_, headers) => {
    const send = sender({ bodyTimeoutMs: 20, maxBufferedBytes: 3 }, headers)
    const { readable, writable } = new TransformStream()
    expect(await send(readable)).toBe(408)
    const writer = writable.getWriter()
    await writer.write(new TextEncoder().encode('{}'))
    await writer.close()
    // whoever is still reading has it when all that is due has run
    await setImmediate()
    expect(await send('{}')).toBe(200)
  })
})
