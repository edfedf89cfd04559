import { createBouncy, memoryStore, type Store, WebhookError } from '@bouncy/core'
import { describe, expect, it, vi } from 'vitest'
import { keepingLogger, post, toy } from './toy.ts'

const bounce = { type: 'bounce' } as const
const setUp = (options: object = {}) => {
  const logger = keepingLogger()
  const store = memoryStore()
  return { logger, store, bouncy: createBouncy({ providers: [toy()], store, logger, ...options }) }
}
const failing = (store: Store, members: Partial<Store>): Store => ({ ...store, ...members })

describe('receive', () => {
  it('answers 200 once an event is stored, and to each redelivery', async () => {
    const { bouncy } = setUp()
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
    expect((await bouncy.events()).items).toHaveLength(1)
  })

  it.each([
    [400, 'body-malformed', 'toy', post('{')],
    [403, 'signature-wrong', 'toy', post([bounce], { 'x-password': 'wrong' })],
    [404, 'provider-unknown', 'nobody', post([bounce])],
    [405, 'method-not-allowed', 'toy', post([bounce], {}, 'GET')],
    [405, 'method-not-allowed', 'toy', post([bounce], {}, 'PUT')],
    [415, 'encoding-not-supported', 'toy', post([bounce], { 'content-encoding': 'gzip' })],
    [
      415,
      'form-not-supported',
      'toy',
      post('event=bounce', { 'content-type': 'application/x-www-form-urlencoded' }),
    ],
    [415, 'form-not-supported', 'toy', post('--x', { 'content-type': 'Multipart/form-data; boundary=x' })],
  ])('answers %i for %s, and says why in the log only', async (status, code, name, request) => {
    const { bouncy, logger } = setUp()
    const reply = await bouncy.receive(name, request)
    expect(reply.status).toBe(status)
    expect(JSON.stringify(reply)).not.toContain(code)
    expect(logger.lines).toMatchObject([{ level: 'warn', facts: { code, status } }])
    expect((await bouncy.events()).items).toEqual([])
  })

  it.each(['text/plain; charset=UTF-8', 'application/x-www-form-urlencoded', 'nonsense', ''])(
    'takes identity as an encoding, and JSON as %j',
    async (type) => {
      const headers = { 'content-encoding': 'identity', 'content-type': type }
      expect((await setUp().bouncy.receive('toy', post([bounce], headers))).status).toBe(200)
    },
  )

  it('adds the headers that the status asks for', async () => {
    const refusing = (code: ConstructorParameters<typeof WebhookError>[0]) =>
      toy({
        verify() {
          throw new WebhookError(code, '[bouncy/toy] no')
        },
      })
    const replyTo = async (code: Parameters<typeof refusing>[0]) =>
      setUp({ providers: [refusing(code)] }).bouncy.receive('toy', post([]))
    expect((await replyTo('credentials-missing')).headers).toMatchObject({
      'www-authenticate': expect.stringMatching(/^Basic /),
    })
    expect((await replyTo('certificate-unreachable')).headers).toMatchObject({
      'retry-after': expect.stringMatching(/^\d+$/),
    })
    expect((await setUp().bouncy.receive('toy', post([], {}, 'GET'))).headers).toMatchObject({
      allow: 'POST',
    })
  })

  it('lets a provider choose its own status', async () => {
    const verify = () => {
      throw new WebhookError('signature-wrong', '[bouncy/toy] no', { status: 406 })
    }
    expect((await setUp({ providers: [toy({ verify })] }).bouncy.receive('toy', post([]))).status).toBe(406)
  })

  it('asks to send again when the store fails, and the log says so', async () => {
    const record = () => Promise.reject(new Error('disk is gone'))
    const { bouncy, logger } = setUp({ store: failing(memoryStore(), { record }) })
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(503)
    expect(logger.lines).toMatchObject([
      { level: 'error', facts: { code: 'store-failed', cause: expect.stringContaining('disk is gone') } },
    ])
  })

  it('answers 503 rather than 500 to a fault of a provider', async () => {
    const verify = () => {
      throw new TypeError('boom')
    }
    const { bouncy, logger } = setUp({ providers: [toy({ verify })] })
    expect((await bouncy.receive('toy', post([]))).status).toBe(503)
    expect(logger.lines).toMatchObject([{ level: 'error', facts: { code: 'internal' } }])
  })

  it('keeps a genuine payload whose parsing throws', async () => {
    const parse = () => {
      throw new Error('boom')
    }
    const { bouncy } = setUp({ providers: [toy({ parse })] })
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
    expect((await bouncy.quarantined()).items).toMatchObject([
      { reason: 'parse-failed', raw: '[{"type":"bounce"}]' },
    ])
  })

  it('keeps what is not understood, once, beside what is', async () => {
    const { bouncy } = setUp()
    for (const _ of [1, 2]) {
      expect((await bouncy.receive('toy', post([{ type: 'riddle' }, bounce]))).status).toBe(200)
    }
    expect((await bouncy.quarantined()).items).toMatchObject([
      { provider: 'toy', reason: 'riddle', raw: { type: 'riddle' } },
    ])
    expect((await bouncy.events()).items).toHaveLength(1)
  })

  it('marks an event without a time with the time of receipt', async () => {
    const { bouncy } = setUp({ now: () => Date.parse('2026-11-22T10:00:00Z') })
    await bouncy.receive('toy', post([{ ...bounce, at: null }]))
    expect((await bouncy.events()).items).toMatchObject([
      { timestamp: '2026-11-22T10:00:00.000Z', timestampFrom: 'receipt' },
    ])
  })

  it('answers a handshake and stores nothing', async () => {
    const handshake = async () => ({ status: 200, body: 'hello' })
    const { bouncy } = setUp({ providers: [toy({ handshake })] })
    expect(await bouncy.receive('toy', post([bounce]))).toEqual({ status: 200, body: 'hello' })
    expect((await bouncy.events()).items).toEqual([])
  })

  it('hands notices to the operator, and survives an operator that throws', async () => {
    const parse = () => ({ events: [], notices: [{ code: 'topic-unsubscribed', message: 'gone' }] })
    const onNotice = vi.fn(() => {
      throw new Error('operator')
    })
    const { bouncy } = setUp({ providers: [toy({ parse })], onNotice })
    expect((await bouncy.receive('toy', post([]))).status).toBe(200)
    expect(onNotice).toHaveBeenCalledExactlyOnceWith({
      provider: 'toy',
      code: 'topic-unsubscribed',
      message: 'gone',
    })
  })

  it('reads no body before the cheap refusals, and no more of it than the provider takes', async () => {
    const { bouncy } = setUp({ providers: [toy({ maxBodyBytes: 100 })] })
    const read = vi.fn(async (maxBytes: number) => new Uint8Array(maxBytes + 1))
    const unread = (method: string) => ({ method, url: '/', header: () => undefined, read })
    expect((await bouncy.receive('nobody', unread('POST'))).status).toBe(404)
    expect((await bouncy.receive('toy', unread('GET'))).status).toBe(405)
    expect(read).not.toHaveBeenCalled()
    expect((await bouncy.receive('toy', unread('POST'))).status).toBe(413)
    expect(read).toHaveBeenCalledExactlyOnceWith(100)
  })

  it('answers 503 when the outcome is late, and the work goes on', async () => {
    const store = memoryStore()
    const { promise: reachable, resolve: heal } = Promise.withResolvers<void>()
    const record: Store['record'] = (batch) => reachable.then(() => store.record(batch))
    const { bouncy, logger } = setUp({ store: failing(store, { record }), replyWithinMs: 20 })
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(503)
    expect(logger.lines).toMatchObject([{ facts: { code: 'took-too-long' } }])
    heal()
    await bouncy.close()
    expect((await store.events({})).items).toHaveLength(1)
  })

  it('answers 503 to more than it can hold, and recovers', async () => {
    const store = memoryStore()
    const { promise: reachable, resolve: heal } = Promise.withResolvers<void>()
    const record: Store['record'] = (batch) => reachable.then(() => store.record(batch))
    const { bouncy } = setUp({ store: failing(store, { record }), maxInFlight: 3 })
    const replies = [1, 2, 3, 4, 5].map((key) => bouncy.receive('toy', post([{ ...bounce, key: `${key}` }])))
    heal()
    expect((await Promise.all(replies)).map((reply) => reply.status)).toEqual([200, 200, 200, 503, 503])
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
  })

  it('keeps nobody out because of senders whose bodies do not come, and counts these when they do', async () => {
    const store = memoryStore()
    const { promise: reachable, resolve: heal } = Promise.withResolvers<void>()
    const record: Store['record'] = (batch) => reachable.then(() => store.record(batch))
    const { bouncy } = setUp({ store: failing(store, { record }), maxInFlight: 1 })
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<Uint8Array>()
    const { body, ...head } = post([{ ...bounce, key: 'late' }])
    const waiting = [1, 2, 3].map(() => bouncy.receive('toy', { ...head, read: () => arrived }))
    const deciding = bouncy.receive('toy', post([bounce]))
    arrive(body)
    expect((await Promise.all(waiting)).map((reply) => reply.status)).toEqual([503, 503, 503])
    heal()
    expect((await deciding).status).toBe(200)
    expect((await bouncy.receive('toy', { ...head, read: () => arrived })).status).toBe(200)
  })

  it('finishes what is in flight when closed, then answers 503', async () => {
    const { bouncy, store } = setUp()
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
    bouncy.on('bounce', () => finished)
    const first = bouncy.receive('toy', post([bounce]))
    const closed = bouncy.close()
    expect((await bouncy.receive('toy', post([{ ...bounce, key: '2' }]))).status).toBe(503)
    finish()
    expect((await first).status).toBe(200)
    await closed
    expect((await store.events({})).items).toHaveLength(1)
  })

  it('is not stopped by a logger that throws', async () => {
    const log = () => {
      throw new Error('disk full')
    }
    const { bouncy } = setUp({ logger: { debug: log, info: log, warn: log, error: log } })
    expect((await bouncy.receive('toy', post([bounce]))).status).toBe(200)
    expect((await bouncy.receive('toy', post('{'))).status).toBe(400)
  })

  it('tells no address, password or payload to the log', async () => {
    const { bouncy, logger } = setUp()
    bouncy.on('bounce', (event) => {
      throw new Error(`cannot mail <${event.recipient}>`)
    })
    await bouncy.receive(
      'toy',
      post([{ ...bounce, to: 'canary@example.com', more: { diagnostic: 'payload-canary' } }]),
    )
    await bouncy.receive('toy', post('{"canary":', { 'x-password': 'right' }))
    await bouncy.receive('toy', post([bounce], { 'x-password': 'secret-canary' }))
    expect(logger.lines.length).toBeGreaterThan(2)
    expect(JSON.stringify(logger.lines)).not.toContain('canary')
  })
})

describe('fetch', () => {
  const request = (path: string, init: RequestInit = {}) =>
    new Request(`https://hooks.example.com${path}`, {
      method: 'POST',
      headers: { 'x-password': 'right' },
      body: JSON.stringify([bounce]),
      ...init,
    })

  it.each(['/toy', '/webhooks/toy', '/a/b/toy/', '/webhooks/toy?x=1/other'])(
    'finds the provider in %s',
    async (path) => {
      expect((await setUp().bouncy.fetch(request(path))).status).toBe(200)
    },
  )

  it('keeps the reply table', async () => {
    const { bouncy } = setUp({ providers: [toy({ maxBodyBytes: 100 })] })
    expect((await bouncy.fetch(request('/'))).status).toBe(404)
    const get = await bouncy.fetch(new Request('https://hooks.example.com/toy'))
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await bouncy.fetch(request('/toy', { body: 'x'.repeat(101) }))).status).toBe(413)
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(64)) })
    expect(
      (await bouncy.fetch(request('/toy', { body: endless, duplex: 'half' } as RequestInit))).status,
    ).toBe(413)
    expect((await bouncy.fetch(request(`/${'/'.repeat(100_000)}`))).status).toBe(404)
    const used = request('/toy')
    await used.text()
    expect((await bouncy.fetch(used)).status).toBe(503)
  })
})

describe('fetch, under attack', () => {
  const streamed = (pull: (controller: ReadableStreamDefaultController) => void | Promise<void>): Request =>
    new Request('https://hooks.example.com/toy', {
      method: 'POST',
      headers: { 'x-password': 'right' },
      body: new ReadableStream({ pull }),
      duplex: 'half',
    } as RequestInit)

  it('answers 408 to a body that never ends', async () => {
    const { bouncy } = setUp({ bodyTimeoutMs: 20 })
    expect((await bouncy.fetch(streamed(() => new Promise(() => {})))).status).toBe(408)
  })

  it('answers 503 to more bytes than it may hold, and gives them back', async () => {
    const { bouncy } = setUp({ maxBufferedBytes: 1000 })
    expect((await bouncy.fetch(streamed((body) => body.enqueue(new Uint8Array(600))))).status).toBe(503)
    const body = JSON.stringify([{ ...bounce, key: 'x'.repeat(500) }])
    for (const _ of [1, 2, 3]) {
      const init = { method: 'POST', headers: { 'x-password': 'right' }, body }
      expect((await bouncy.fetch(new Request('https://hooks.example.com/toy', init))).status).toBe(200)
    }
  })

  it('answers 503 where a handshake asks for what HTTP has not', async () => {
    const handshake = async () => ({ status: 200, headers: { 'x y': 'z' } })
    const { bouncy } = setUp({ providers: [toy({ handshake })] })
    expect((await bouncy.fetch(streamed((body) => body.close()))).status).toBe(400)
    const init = { method: 'POST', headers: { 'x-password': 'right' }, body: '[]' }
    expect((await bouncy.fetch(new Request('https://hooks.example.com/toy', init))).status).toBe(503)
  })
})

describe('createBouncy', () => {
  it.each([
    ['no providers', { providers: [] }, /providers: give at least one/],
    ['no list of providers', { providers: undefined }, /providers: give at least one/],
    ['two of one name', { providers: [toy(), toy()] }, /two are named toy/],
    ['a name that is no path segment', { providers: [toy({ name: 'To/y' })] }, /lower-case/],
    ['no store', { store: undefined }, /store: give one/],
    ['a lease of nothing', { leaseMs: 0 }, /leaseMs/],
    ['a deadline that is no number', { replyWithinMs: Number.NaN }, /replyWithinMs/],
    ['a deadline that no timer can hold', { replyWithinMs: Number.POSITIVE_INFINITY }, /replyWithinMs/],
    ['a text for a number', { leaseMs: '60' }, /leaseMs/],
    ['an option that is misspelt', { polcy: {} }, /polcy: there is no such option/],
    ['a policy that is none', { policy: {} }, /policy/],
    ['a policy that was not made', { policy: () => {} }, /policy/],
    ['a clock that is no function', { now: 5 }, /now: give a function/],
    ['a logger without levels', { logger: {} }, /logger/],
    ['a provider that verifies nothing', { providers: [{ name: 'x' }] }, /providers\.0/],
    ['a provider that is nothing', { providers: [undefined] }, /providers\.0/],
    ['a store that only records', { store: { record() {} } }, /store/],
  ])('refuses %s', (_, options, message) => {
    const make = (): unknown =>
      createBouncy({ providers: [toy()], store: memoryStore(), ...options } as never)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})
