import { Buffer } from 'node:buffer'
import { setImmediate } from 'node:timers/promises'
import { expect } from 'vitest'
import type { BindingCase } from './cases.ts'
import { MAX_BODY_BYTES } from './kit-provider.ts'

/** JSON as no serialiser writes it: whoever encodes it again is found out. */
export const ODD_JSON = '{ "b" : 1.0,\r\n\t"a":"\\u00e9é",  "n": 1e2 }\r\n'

const TYPES = [
  'application/json',
  'application/json; charset=iso-8859-1',
  'text/plain; charset=UTF-8',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'no such type',
  undefined,
]

const BODIES: readonly (readonly [string, Uint8Array])[] = [
  ['line ends', Buffer.from('{"a":\r\n1}\n\r\n')],
  ['a byte order mark', Buffer.from('\ufeff{"a":1}')],
  ['what is not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x7d])],
  ['NUL', Buffer.from('{"a":"\0"}\0')],
  ['nothing', Buffer.alloc(0)],
  ['every byte', Uint8Array.from({ length: 256 }, (_, index) => index)],
  ['as much as is allowed', new Uint8Array(MAX_BODY_BYTES).fill(0x20)],
]

/** What the provider is given. */
export const bodyCases: readonly BindingCase[] = [
  {
    name: 'the exact bytes, whatever the content type says',
    async run({ client, kit, provider, soon }) {
      for (const type of TYPES) {
        const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
        const { status } = await soon(`a reply to ${type}`, client.send(kit, ODD_JSON, { headers }))
        expect(status, type).toBe(200)
        expect(textOf(provider.received.at(-1)?.body), type).toBe(ODD_JSON)
      }
      expect(provider.received).toHaveLength(TYPES.length)
    },
  },
  ...BODIES.map(
    ([what, bytes]): BindingCase => ({
      name: `the exact bytes of ${what}`,
      async run({ client, kit, provider, soon }) {
        const { status } = await soon('a reply', client.send(kit, bytes))
        expect(status).toBe(200)
        const chunked = client.open(kit)
        chunked.request.write(bytes)
        chunked.request.end()
        expect((await soon('a reply to a chunked body', chunked.reply)).status).toBe(200)
        for (const { body } of provider.received) expect(Buffer.compare(body, bytes)).toBe(0)
        expect(provider.received).toHaveLength(2)
      },
    }),
  ),
  {
    name: 'one body, however many pieces it comes in',
    async run({ client, kit, provider, soon }) {
      const bytes = Buffer.from('{"name":"Zoë 𝄞"}\r\n'.repeat(20))
      const { request, reply } = client.open(kit)
      request.setNoDelay(true)
      for (const byte of bytes) {
        request.write(Uint8Array.of(byte))
        await setImmediate()
      }
      request.end()
      expect((await soon('a reply', reply)).status).toBe(200)
      expect(textOf(provider.received[0]?.body)).toBe(bytes.toString())
    },
  },
  {
    name: 'the path and the query as they came, and the method',
    async run({ client, kit, provider, soon }) {
      for (const path of [kit, `${kit}/`, `${kit}?a=1&a=2&b=%2Fkit%3F`, `${kit}/?x=/other`]) {
        expect((await soon(`a reply to ${path}`, client.send(path, '{}'))).status, path).toBe(200)
        expect(provider.received.at(-1)).toMatchObject({ url: path, method: 'POST' })
      }
    },
  },
  {
    name: 'headers by any case of their names, several values joined, and no others',
    async run({ client, kit, provider, soon }) {
      const headers = { 'X-Kit-List': ['a', 'b, c'], Authorization: 'Basic aG9vazp4' }
      await soon('a reply', client.send(kit, '{}', { headers }))
      const [request] = provider.received
      for (const name of ['x-kit-list', 'X-Kit-List', 'X-KIT-LIST'])
        expect(request?.header(name)).toBe('a, b, c')
      expect(request?.header('authorization')).toBe('Basic aG9vazp4')
      for (const name of ['x-kit-none', 'constructor', '__proto__', 'toString']) {
        expect(request?.header(name), name).toBeUndefined()
      }
    },
  },
  {
    name: 'the address of the peer, not one that a header claims',
    needs: 'remote-address',
    async run({ client, kit, provider, soon }) {
      const headers = { 'X-Forwarded-For': '192.0.2.7', Forwarded: 'for=192.0.2.7', 'X-Real-Ip': '192.0.2.7' }
      await soon('a reply', client.send(kit, '{}', { headers }))
      expect(provider.received[0]?.remoteAddress).toMatch(/^(::ffff:)?127\.0\.0\.1$|^::1$/)
    },
  },
]

const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8')
