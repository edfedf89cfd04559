import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { nodeWebhooks } from '@bouncy/node'
import { describe, expect, it, onTestFinished } from 'vitest'
import { post, recorder, serve } from './server.ts'

describe('nodeWebhooks refuses to be constructed', () => {
  const { bouncy } = recorder()
  it.each([
    ['without Bouncy', () => nodeWebhooks(undefined as never), 'bouncy: pass what createBouncy returned'],
    [
      'with no deadline',
      () => nodeWebhooks(bouncy, { bodyTimeoutMs: 0 }),
      'bodyTimeoutMs: give a whole number',
    ],
    [
      'with one that timers cannot hold',
      () => nodeWebhooks(bouncy, { bodyTimeoutMs: 2 ** 31 }),
      'bodyTimeoutMs: ',
    ],
    [
      'with no memory',
      () => nodeWebhooks(bouncy, { maxBufferedBytes: Number.NaN }),
      'maxBufferedBytes: give',
    ],
    [
      'with a misspelt option',
      () => nodeWebhooks(bouncy, { bodyTimeout: 5 } as never),
      'bodyTimeout: no such option',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(`[bouncy/node] ${message}`)
  })
})

describe('the bodies under way', () => {
  it('share maxBufferedBytes, counted by what has arrived, and give it back', async () => {
    const { bouncy, codes, bodies } = recorder()
    const port = await serve(nodeWebhooks(bouncy, { maxBufferedBytes: 100_000 }))
    const idle = request({ port, path: '/kit', method: 'POST', headers: { 'content-length': '60000' } })
    idle.flushHeaders()
    await once(idle, 'socket')
    expect(await post(port, Buffer.alloc(60_000))).toBe(200)
    idle.write(Buffer.alloc(59_999))
    await expect.poll(() => post(port, Buffer.alloc(60_000)), { timeout: 4_000 }).toBe(503)
    expect(codes).toContain('overloaded')
    expect(await post(port, Buffer.alloc(30_000))).toBe(200)
    idle.end(Buffer.alloc(1))
    const [reply] = await once(idle, 'response')
    expect(reply.resume().statusCode).toBe(200)
    expect(await post(port, Buffer.alloc(60_000))).toBe(200)
    expect(bodies.length).toBeGreaterThanOrEqual(4)
  })

  it.each(['', '{'])('do not fill it while no more than %j of them has come', async (begin) => {
    const { bouncy } = recorder()
    const port = await serve(nodeWebhooks(bouncy, { maxBufferedBytes: 64 * 1024 }))
    for (let count = 0; count < 20; count += 1) {
      const idle = connect(port, '127.0.0.1')
      onTestFinished(() => void idle.destroy())
      idle.write(`POST /kit HTTP/1.1\r\nhost: kit\r\ncontent-length: 16384\r\n\r\n${begin}`)
    }
    // the same connection for all that was sent, so that it is answered after the others were read
    const last = connect(port, '127.0.0.1')
    last.end('POST /kit HTTP/1.1\r\nhost: kit\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
    await once(last.resume(), 'close')
    expect(await post(port, Buffer.alloc(60_000))).toBe(200)
  })

  it('share it as they grow where nothing is declared, and give it back when they are refused', async () => {
    const { bouncy, codes } = recorder()
    const port = await serve(nodeWebhooks(bouncy, { maxBufferedBytes: 100_000 }))
    for (let count = 0; count < 5; count += 1) {
      expect(await post(port, Buffer.alloc(120_000), { 'transfer-encoding': 'chunked' })).toBe(503)
    }
    expect(codes).toEqual(Array(5).fill('overloaded'))
    expect(await post(port, Buffer.alloc(50_000), { 'transfer-encoding': 'chunked' })).toBe(200)
  })

  it('cost what they weigh, also when every byte is a chunk of its own', async () => {
    const { bouncy, bodies } = recorder()
    const port = await serve(nodeWebhooks(bouncy, { maxBufferedBytes: 256 * 1024 }))
    const socket = connect(port, '127.0.0.1')
    socket.write('POST /kit HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n')
    socket.end(`${'1\r\n.\r\n'.repeat(100_000)}0\r\n\r\n`)
    expect((await socket.toArray()).toString()).toMatch(/^HTTP\/1\.1 200 /)
    expect(bodies[0]).toBe('.'.repeat(100_000))
  })
})

describe('a refusal of a body that is still coming', () => {
  it('ends an endless one: it is answered, read for a while, and cut off', async () => {
    const { bouncy } = recorder()
    const port = await serve(nodeWebhooks(bouncy))
    const socket = connect(port, '127.0.0.1')
    const gone = new Promise((resolve) => socket.on('error', resolve).on('close', resolve))
    socket.write(
      'POST /kit HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n',
    )
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`
    const pour = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    }
    socket.on('drain', pour)
    pour()
    const [reply] = await once(socket, 'data')
    expect(reply.toString()).toMatch(/^HTTP\/1\.1 415 .*\r\nconnection: close\r\n/is)
    await gone
    // What was read and forgotten, and what the kernels of both sides hold.
    expect(socket.bytesWritten).toBeLessThan(32 * 1024 * 1024)
  })

  it('waits for a short rest only so long', async () => {
    const { bouncy } = recorder()
    const port = await serve(nodeWebhooks(bouncy))
    const socket = connect(port, '127.0.0.1')
    socket.write('POST /none HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n')
    const [reply] = await once(socket, 'data')
    expect(reply.toString()).toMatch(/^HTTP\/1\.1 404 /)
    expect(reply.toString()).not.toMatch(/connection: close/i)
    await once(socket, 'close')
  })

  it('closes the connection of a sender that was too slow', async () => {
    const { bouncy } = recorder()
    const port = await serve(nodeWebhooks(bouncy, { bodyTimeoutMs: 50 }))
    const socket = connect(port, '127.0.0.1')
    socket.write('POST /kit HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{')
    const [reply] = await once(socket, 'data')
    expect(reply.toString()).toMatch(/^HTTP\/1\.1 408 .*\r\nconnection: close\r\n/is)
    await once(socket, 'end')
  })
})

describe('the listener', () => {
  it('answers 503 where a provider replies what cannot be sent, and warns', async () => {
    const { bouncy } = recorder({
      handshake: async () => ({ status: 200, headers: { 'x-a': 'line\nbreak' } }),
    })
    const port = await serve(nodeWebhooks(bouncy))
    const warned = once(process, 'warning')
    expect(await post(port)).toBe(503)
    const [{ message }] = await warned
    expect(message).toMatch(/^\[bouncy\/node\] a reply could not be sent: .*"x-a"/)
    expect(message).not.toContain('line')
  })

  it('sends a reply without content where the status has none', async () => {
    const { bouncy } = recorder({ handshake: async () => ({ status: 204, body: 'lost' }) })
    const port = await serve(nodeWebhooks(bouncy))
    const response = await fetch(`http://127.0.0.1:${port}/kit`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(204)
    expect(response.headers.has('content-length')).toBe(false)
  })

  it('leaves a response alone that was answered before', async () => {
    const { bouncy, codes } = recorder()
    const webhooks = nodeWebhooks(bouncy)
    const port = await serve((request, response) => {
      response.writeHead(418).end()
      webhooks(request, response)
    })
    expect(await post(port)).toBe(418)
    expect(await post(port)).toBe(418)
    expect(codes).toEqual([])
  })

  it('takes a request target in absolute form', async () => {
    const { bouncy, bodies } = recorder()
    const port = await serve(nodeWebhooks(bouncy))
    const socket = connect(port, '127.0.0.1')
    socket.end(
      'POST http://hooks.example.com/a/kit?b=/c HTTP/1.1\r\nHost: hooks.example.com\r\nContent-Length: 2\r\n\r\n{}',
    )
    expect((await socket.toArray()).toString()).toMatch(/^HTTP\/1\.1 200 /)
    expect(bodies).toEqual(['{}'])
  })
})
