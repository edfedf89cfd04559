import { expect } from 'vitest'
import { ODD_JSON } from './body-cases.ts'
import type { BindingCase } from './cases.ts'
import { createClient, type Reply } from './client.ts'
import { MAX_BODY_BYTES } from './kit-provider.ts'
import { PUBLIC_PREFIX, startProxy } from './proxy.ts'

const MANY = 1_000
const WAVE = 250

/** What happens on the wire around a request. */
export const connectionCases: readonly BindingCase[] = [
  {
    name: `${MANY.toLocaleString('en')} requests at once are all answered 200, each body its own`,
    async run({ client, kit, provider, soon }) {
      const bodies = Array.from({ length: MANY }, (_, index) => `{"number":${index}}`)
      const replies: Promise<Reply>[] = []
      // Connected in waves that fit the queue of a listening socket, and all held until the last one is there.
      for (let first = 0; first < MANY; first += WAVE) {
        const wave = bodies.slice(first, first + WAVE)
        replies.push(...wave.map((body) => client.send(kit, body, { headers: { 'x-kit': 'hold' } })))
        await soon('the requests at the provider', provider.held(replies.length))
      }
      provider.release()
      const answered = await soon('all replies', Promise.all(replies))
      expect(answered.filter(({ status }) => status !== 200)).toHaveLength(0)
      const received = provider.received.map(({ body }) => Buffer.from(body).toString())
      expect(received.sort()).toEqual(bodies.sort())
    },
  },
  {
    name: 'a refusal can be read though nobody read the body, and the next request is answered',
    async run({ origin, kit, setup, provider, soon }) {
      const client = createClient(origin, { maxSockets: 1 })
      let last: Reply | undefined
      async function expectStatus(status: number, path: string, body: string, headers = {}): Promise<void> {
        const reply = await soon(
          `reply ${status} to ${body.length} bytes`,
          client.send(path, body, { headers }),
        )
        expect(reply.status).toBe(status)
        if (last !== undefined && last.socket !== reply.socket) {
          expect(last.headers.connection, 'who closes a connection says so').toBe('close')
        }
        last = reply
      }
      try {
        for (const size of [0, 2, MAX_BODY_BYTES, 1024 * 1024]) {
          const body = ' '.repeat(size)
          await expectStatus(404, `${setup.prefix}/none`, body)
          await expectStatus(415, kit, body, { 'content-encoding': 'gzip' })
          if (size > MAX_BODY_BYTES) await expectStatus(413, kit, body)
          await expectStatus(200, kit, '{}')
        }
      } finally {
        client.close()
      }
      expect(provider.received).toHaveLength(4)
    },
  },
  {
    name: 'a sender that breaks off is forgotten, and others are answered',
    async run({ client, kit, provider, soon, logged }) {
      for (const headers of [{}, { 'content-length': 1000 }]) {
        for (let count = 0; count < 20; count += 1) {
          const { request } = client.open(kit, { headers })
          request.write('{"half":', () => request.destroy())
        }
      }
      await logged('request-aborted')
      expect((await soon('a reply to the next request', client.send(kit, '{}'))).status).toBe(200)
      expect(provider.received).toHaveLength(1)
    },
  },
  {
    name: 'a sender that goes away before the reply does no harm',
    async run({ client, kit, provider, soon }) {
      const { request } = client.open(kit, { headers: { 'x-kit': 'hold' } })
      request.end('{}')
      await soon('the request at the provider', provider.held(1))
      const gone = new Promise((resolve) => request.once('close', resolve))
      request.destroy()
      await gone
      async function expectReplies(): Promise<void> {
        for (let count = 0; count < 20; count += 1) {
          expect((await soon('a reply to the next request', client.send(kit, '{}'))).status).toBe(200)
        }
      }
      // Meanwhile the server hears of it; then it answers who is gone.
      await expectReplies()
      provider.release()
      await expectReplies()
    },
  },
  {
    name: 'requests that are sent without waiting for replies are answered in their order',
    async run({ client, kit, setup, origin, provider, soon }) {
      const { host } = new URL(origin)
      const posts = [kit, kit, `${setup.prefix}/none`].map((path, index) => {
        const connection = index === 2 ? 'close' : 'keep-alive'
        return `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: ${connection}\r\nContent-Length: 2\r\n\r\n{}`
      })
      const answer = await soon('the end of the connection', client.raw(posts.join('')))
      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404'])
      expect(provider.received).toHaveLength(2)
    },
  },
  {
    name: 'behind a proxy: the bytes, the path that the proxy asks for, replies, and one connection for all',
    async run({ origin, kit, setup, provider, soon }) {
      const proxy = await startProxy(origin)
      const client = createClient(proxy.origin)
      try {
        for (const [path, body, status] of [
          [`${kit}?a=%2F`, ODD_JSON, 200],
          [`${setup.prefix}/none`, ODD_JSON, 404],
          [kit, ' '.repeat(MAX_BODY_BYTES + 1), 413],
          [kit, '{}', 200],
        ] as const) {
          const reply = await soon(`reply ${status} through a proxy`, client.send(PUBLIC_PREFIX + path, body))
          expect(reply.status).toBe(status)
        }
      } finally {
        client.close()
        await proxy.close()
      }
      const received = provider.received.map(({ url, body }) => [url, Buffer.from(body).toString()])
      expect(received).toEqual([
        [`${kit}?a=%2F`, ODD_JSON],
        [kit, '{}'],
      ])
    },
  },
  {
    name: 'a sender that asks first is told to go on',
    needs: 'expect-continue',
    async run({ client, kit, provider, soon }) {
      const headers = { expect: '100-continue', 'content-length': 2 }
      const { request, reply } = client.open(kit, { headers })
      request.once('continue', () => request.end('{}'))
      request.flushHeaders()
      expect((await soon('a reply', reply)).status).toBe(200)
      expect(provider.received).toHaveLength(1)
    },
  },
  {
    name: 'close() finishes what is under way and answers 503 to what comes after',
    async run({ bouncy, client, kit, provider, soon }) {
      const held = client.send(kit, '{}', { headers: { 'x-kit': 'hold' } })
      const arriving = client.open(kit, { headers: { 'content-length': 2 } })
      arriving.request.write('{')
      await soon('the request at the provider', provider.held(1))
      // Its connection was opened before the one that is held now was answered: both are under way.
      await soon('a reply before closing', client.send(kit, '{}'))
      let closed = false
      const closing = bouncy.close().then(() => {
        closed = true
      })
      const late = await soon('a reply while closing', client.send(kit, '{}'))
      expect(late.status).toBe(503)
      expect(Number(late.headers['retry-after'])).toBeGreaterThan(0)
      expect(closed).toBe(false)
      provider.release()
      arriving.request.end('}')
      expect((await soon('the reply that was held', held)).status).toBe(200)
      expect((await soon('the reply to the body that was arriving', arriving.reply)).status).toBe(200)
      await soon('the end of close()', closing)
      expect((await soon('a reply after closing', client.send(kit, '{}'))).status).toBe(503)
    },
  },
]
