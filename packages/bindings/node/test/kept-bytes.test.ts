import { type NodeRequest, nodeWebhooks } from '@bouncy/node'
import { describe, expect, it } from 'vitest'
import { post, recorder, serve } from './server.ts'

type Parsed = NodeRequest & { rawBody?: unknown; body?: unknown }

/** A server on which something reads the body first. */
async function servedAfter(
  first: (request: Parsed) => unknown,
): Promise<ReturnType<typeof recorder> & { readonly port: number }> {
  const kept = recorder()
  const webhooks = nodeWebhooks(kept.bouncy)
  const port = await serve(async (request, response) => {
    await first(request)
    webhooks(request, response)
  })
  return { ...kept, port }
}

const readAll = async (request: NodeRequest): Promise<Buffer> => Buffer.concat(await request.toArray())

describe('a body that was read before', () => {
  it('is taken from req.rawBody', async () => {
    const { port, bodies } = await servedAfter(async (request) => {
      request.rawBody = await readAll(request)
      request.body = { parsed: true }
    })
    expect(await post(port, '{ "a":1 }')).toBe(200)
    expect(bodies).toEqual(['{ "a":1 }'])
  })

  it('is taken from a req.body that is bytes', async () => {
    const { port, bodies } = await servedAfter(async (request) => {
      request.body = Uint8Array.from(await readAll(request))
    })
    expect(await post(port, '{ "a":1 }')).toBe(200)
    expect(bodies).toEqual(['{ "a":1 }'])
  })

  it.each([
    ['nothing was kept', () => ({})],
    ['an object was made of it', (bytes: Buffer) => ({ body: JSON.parse(bytes.toString()) })],
    ['text was made of it', (bytes: Buffer) => ({ body: bytes.toString(), rawBody: bytes.toString() })],
    ['the kept bytes are others', () => ({ rawBody: Buffer.from('{"a":1}') })],
  ])('is refused where %s, with the remedy in the log', async (_, keep) => {
    const { port, bodies, codes, messages } = await servedAfter(async (request) => {
      Object.assign(request, keep(await readAll(request)))
    })
    expect(await post(port, '{ "a":1 }', { 'content-length': '9' })).toBe(503)
    expect(codes).toEqual(['body-already-read'])
    expect(messages[0]).toMatch(/^WebhookError: \[bouncy\/node\] .*call nodeWebhooks before.*req\.rawBody/)
    expect(bodies).toEqual([])
  })

  it('is refused where somebody decodes the stream, before it loses bytes', async () => {
    const { port, codes } = await servedAfter((request) => request.setEncoding('utf8'))
    expect(await post(port)).toBe(503)
    expect(codes).toEqual(['body-already-read'])
  })

  it('is refused where somebody has read a part of it', async () => {
    const { port, codes } = await servedAfter(async (request) => {
      await new Promise((resolve) => request.once('data', resolve))
      request.pause()
    })
    expect(await post(port)).toBe(503)
    expect(codes).toEqual(['body-already-read'])
  })

  it('is empty where there was nothing to read', async () => {
    const { port, bodies } = await servedAfter(readAll)
    expect(await post(port, '')).toBe(200)
    expect(bodies).toEqual([''])
  })
})

describe('a body that nobody has read', () => {
  it('is read, whatever a parser left in req.body (Express 4 leaves an empty object)', async () => {
    const { port, bodies } = await servedAfter((request) => {
      request.body = {}
    })
    expect(await post(port, '{ "a":1 }')).toBe(200)
    expect(bodies).toEqual(['{ "a":1 }'])
  })

  it('is read after something slow came first', async () => {
    const { port, bodies } = await servedAfter((request) => {
      request.pause()
      return new Promise((resolve) => setImmediate(resolve))
    })
    expect(await post(port, '{ "a":1 }')).toBe(200)
    expect(bodies).toEqual(['{ "a":1 }'])
  })

  it('is over the limit as kept bytes, too', async () => {
    const { port, codes } = await servedAfter(async (request) => {
      request.rawBody = await readAll(request)
    })
    expect(await post(port, Buffer.alloc(1024 * 1024 + 1))).toBe(413)
    expect(codes).toEqual(['body-too-large'])
  })
})
