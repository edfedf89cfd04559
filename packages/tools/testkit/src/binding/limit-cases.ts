import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import type { BindingCase } from './cases.ts'
import type { Upload } from './client.ts'
import { MAX_BODY_BYTES } from './kit-provider.ts'

/** What one request may cost. */
export const limitCases: readonly BindingCase[] = [
  {
    name: '413 for a declared length over the limit, before the body is sent',
    async run({ client, kit, provider, soon }) {
      const { request, reply } = client.open(kit, { headers: { 'content-length': MAX_BODY_BYTES + 1 } })
      request.flushHeaders()
      expect((await soon('a reply before the body', reply)).status).toBe(413)
      request.destroy()
      expect(provider.received).toHaveLength(0)
    },
  },
  {
    name: '413 for a body that passes the limit while it is streaming',
    async run({ client, kit, provider, soon }) {
      const upload = client.open(kit)
      const stop = pour(upload, MAX_BODY_BYTES * 4)
      expect((await soon('a reply before the end of the body', upload.reply)).status).toBe(413)
      stop()
      expect(provider.received).toHaveLength(0)
    },
  },
  {
    name: 'a body that ends before its declared length is not taken',
    async run({ client, kit, provider, origin, soon }) {
      const head = `POST ${kit} HTTP/1.1\r\nHost: ${new URL(origin).host}\r\nContent-Length: 10\r\n\r\n`
      const answer = await soon('the end of the connection', client.raw(`${head}{"a"`, 'end'))
      expect(answer).not.toMatch(/^HTTP\/1\.1 2/)
      expect(provider.received).toHaveLength(0)
      expect((await soon('a reply to the next request', client.send(kit, '{}'))).status).toBe(200)
    },
  },
  {
    name: 'a body that goes on after its declared length is taken no further',
    async run({ client, kit, provider, origin, soon }) {
      const head = `POST ${kit} HTTP/1.1\r\nHost: ${new URL(origin).host}\r\nContent-Length: 4\r\n\r\n`
      await soon('the end of the connection', client.raw(`${head}{"a"}{"b"}`, 'end'))
      for (const { body } of provider.received) expect(body.byteLength).toBe(4)
      expect((await soon('a reply to the next request', client.send(kit, '{}'))).status).toBe(200)
    },
  },
  {
    name: '408 for a body that takes too long in all, though it never pauses',
    needs: 'body-deadline',
    setup: { bodyTimeoutMs: 300 },
    async run({ client, kit, provider, soon }) {
      for (const headers of [{}, { 'content-length': 1000 }]) {
        const { request, reply } = client.open(kit, { headers })
        const trickle = setInterval(() => request.write(' '), 30)
        try {
          expect((await soon('a reply while the body trickles', reply)).status).toBe(408)
        } finally {
          clearInterval(trickle)
          request.destroy()
        }
      }
      expect(provider.received).toHaveLength(0)
    },
  },
  {
    name: '415 for a compressed body, which is never read',
    async run({ client, kit, provider, soon }) {
      const bomb = gzipSync(Buffer.alloc(1024 * 1024))
      for (const encoding of [
        'gzip',
        'GZIP',
        'x-gzip',
        'deflate',
        'br',
        'zstd',
        'identity, gzip',
        'nonsense',
      ]) {
        const headers = { 'content-encoding': encoding, 'content-type': 'application/json' }
        expect((await soon(`a reply to ${encoding}`, client.send(kit, bomb, { headers }))).status).toBe(415)
      }
      expect(provider.received).toHaveLength(0)
      const headers = { 'content-encoding': 'identity' }
      expect((await soon('a reply to identity', client.send(kit, '{}', { headers }))).status).toBe(200)
    },
  },
  {
    name: '415 for a form',
    async run({ client, kit, provider, soon }) {
      for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
        const headers = { 'content-type': type }
        expect((await soon(`a reply to ${type}`, client.send(kit, 'a=1', { headers }))).status).toBe(415)
      }
      expect(provider.received).toHaveLength(0)
    },
  },
]

/** Writes without an end until it is told to stop, the first `bytes` at once. */
function pour({ request }: Upload, bytes: number): () => void {
  let stopped = false
  request.write(Buffer.alloc(bytes, ' '))
  void (async () => {
    while (!stopped && !request.destroyed) {
      if (request.write(Buffer.alloc(16 * 1024, ' '))) await setImmediate()
      else await new Promise((resolve) => request.once('drain', resolve).once('close', resolve))
    }
  })()
  return () => {
    stopped = true
    request.destroy()
  }
}
