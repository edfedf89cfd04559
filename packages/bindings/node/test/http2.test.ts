import { once } from 'node:events'
import { type ClientHttp2Session, connect, createServer, type OutgoingHttpHeaders } from 'node:http2'
import { text } from 'node:stream/consumers'
import { nodeWebhooks } from '@bouncy/node'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listen, recorder } from './server.ts'

async function session(
  overrides: Parameters<typeof recorder>[0] = {},
  options: Parameters<typeof nodeWebhooks>[1] = {},
): Promise<ReturnType<typeof recorder> & { readonly client: ClientHttp2Session }> {
  const kept = recorder(overrides)
  const port = await listen(createServer(nodeWebhooks(kept.bouncy, options)))
  // The client's own bound on what waits to be sent, in MB; Node's 10 would reset the streams of these tests.
  const client = connect(`http://127.0.0.1:${port}`, { maxSessionMemory: 100 })
  onTestFinished(() => client.destroy())
  return { ...kept, client }
}

function open(client: ClientHttp2Session, headers: OutgoingHttpHeaders = {}) {
  const stream = client.request(
    { ':method': 'POST', ':path': '/hooks/kit?a=1', ...headers },
    { endStream: false },
  )
  stream.on('error', () => {})
  return stream
}

async function post(
  client: ClientHttp2Session,
  body: string | Uint8Array,
  headers: OutgoingHttpHeaders = {},
) {
  const stream = open(client, headers)
  stream.end(body)
  const [head] = await once(stream, 'response')
  return { head, body: await text(stream) }
}

describe('over HTTP/2', () => {
  it('hands over exact bytes, path and headers, and answers without a Connection header', async () => {
    const seen: unknown[] = []
    const { client, bodies } = await session({
      verify(request) {
        const { url, method, remoteAddress } = request
        seen.push({ url, method, remoteAddress, list: request.header('X-List') })
        bodies.push(Buffer.from(request.body).toString('latin1'))
      },
    })
    const { head, body } = await post(client, Uint8Array.of(0xef, 0xbb, 0xbf, 0xff, 0x0d, 0x0a), {
      'x-list': ['a', 'b'],
    })
    expect(head[':status']).toBe(200)
    expect(head.connection).toBeUndefined()
    expect(body).toBe('')
    expect(bodies).toEqual(['\xef\xbb\xbf\xff\r\n'])
    expect(seen).toEqual([
      { url: '/hooks/kit?a=1', method: 'POST', remoteAddress: '127.0.0.1', list: 'a, b' },
    ])
  })

  it.each([
    [405, { ':method': 'GET' }],
    [404, { ':path': '/hooks/none' }],
    [415, { 'content-encoding': 'gzip' }],
    [413, { 'content-length': 2 * 1024 * 1024 }],
  ])('answers %i before the body and tells the sender to stop', async (status, headers) => {
    const { client, bodies } = await session()
    const stream = open(client, headers)
    const [head] = await once(stream, 'response')
    expect(head[':status']).toBe(status)
    stream.resume()
    await once(stream, 'close')
    expect(stream.rstCode).toBe(0)
    expect((await post(client, '{}')).head[':status']).toBe(200)
    expect(bodies).toEqual(['{}'])
  })

  it('cuts off a body that passes the limit, and serves the other streams of the connection', async () => {
    const { client, bodies } = await session()
    const streams = Array.from({ length: 20 }, () => open(client))
    const statuses = await Promise.all(
      streams.map(async (stream) => {
        const closed = once(stream, 'close')
        const answered = once(stream, 'response')
        stream.resume()
        stream.write(Buffer.alloc(1024 * 1024 + 1))
        const [head] = await answered
        await closed
        return head[':status']
      }),
    )
    expect(statuses).toEqual(Array(20).fill(413))
    expect((await post(client, '{}')).head[':status']).toBe(200)
    expect(bodies).toEqual(['{}'])
  })

  it.each([{}, { 'content-length': 100 }])('never takes half a body for a whole one %o', async (headers) => {
    const { client, bodies, codes } = await session()
    const stream = open(client, headers)
    stream.write('{"half":1}')
    expect((await post(client, '{}')).head[':status']).toBe(200)
    // Closing the stream alone would end the body first, as if it were whole.
    client.destroy()
    await expect.poll(() => codes, { timeout: 4_000 }).toContain('request-aborted')
    expect(new Set(bodies)).toEqual(new Set(['{}']))
  })

  it('answers 408 to a body that does not come', async () => {
    const { client, codes } = await session({}, { bodyTimeoutMs: 50 })
    const stream = open(client)
    stream.write('{')
    const [head] = await once(stream, 'response')
    expect(head[':status']).toBe(408)
    expect(codes).toEqual(['body-too-slow'])
  })

  it('answers many streams at once', async () => {
    const { client, bodies } = await session()
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, index) => post(client, `{"n":${index}}`)),
    )
    expect(answers.every(({ head }) => head[':status'] === 200)).toBe(true)
    expect(new Set(bodies).size).toBe(500)
  })
})
