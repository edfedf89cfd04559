import { webhookErrorStatus } from '@bouncy/core'
import { expect } from 'vitest'
import type { BindingCase } from './cases.ts'
import type { Reply } from './client.ts'
import { CANARY, HANDSHAKE } from './kit-provider.ts'

/** What the sender is answered: the decision of Bouncy, unchanged, and nothing about its reasons. */
export const replyCases: readonly BindingCase[] = [
  {
    name: '401 with a challenge for missing and for wrong credentials',
    async run({ client, kit, soon }) {
      for (const code of ['credentials-missing', 'credentials-wrong']) {
        const reply = await soon(`a reply to ${code}`, client.send(kit, '{}', { headers: { 'x-kit': code } }))
        expect(reply.status).toBe(401)
        expect(reply.headers['www-authenticate']).toMatch(/^Basic realm=/)
        expectNoTelltale(reply, code)
      }
    },
  },
  {
    name: '503 with Retry-After for a fault of ours',
    async run({ client, kit, soon }) {
      for (const order of ['certificate-unreachable', 'store-failed', 'throw']) {
        const reply = await soon(
          `a reply to ${order}`,
          client.send(kit, '{}', { headers: { 'x-kit': order } }),
        )
        expect(reply.status).toBe(503)
        expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0)
        expectNoTelltale(reply, order)
      }
    },
  },
  {
    name: 'the status of every refusal, with a body that does not say which check failed',
    async run({ client, kit, soon }) {
      for (const [code, status] of Object.entries(webhookErrorStatus)) {
        const reply = await soon(`a reply to ${code}`, client.send(kit, '{}', { headers: { 'x-kit': code } }))
        expect(reply.status, code).toBe(status)
        expectNoTelltale(reply, code)
      }
    },
  },
  {
    name: '405 with Allow for everything that is not posted',
    async run({ client, kit, provider, soon }) {
      for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const reply = await soon(`a reply to ${method}`, client.send(kit, '', { method }))
        expect(reply.status, method).toBe(405)
        expect(reply.headers.allow, method).toBe('POST')
        if (method === 'HEAD') expect(reply.text).toBe('')
      }
      expect(provider.received).toHaveLength(0)
    },
  },
  {
    name: '404 for a provider that does not exist',
    async run({ client, setup, provider, soon }) {
      for (const name of ['postmark', 'KIT', 'kit%20', 'constructor', '__proto__', '%', '']) {
        const path = `${setup.prefix}/${name}`
        expect((await soon(`a reply to ${path}`, client.send(path, '{}'))).status, path).toBe(404)
      }
      expect(provider.received).toHaveLength(0)
    },
  },
  {
    name: 'the own reply of a provider, to the letter',
    async run({ client, kit, soon }) {
      const reply = await soon('a reply', client.send(kit, '{}', { headers: { 'x-kit': 'handshake' } }))
      expect(reply.status).toBe(HANDSHAKE.status)
      expect(reply.headers).toMatchObject(HANDSHAKE.headers)
      expect(reply.text).toBe(HANDSHAKE.body)
    },
  },
]

function expectNoTelltale({ headers, text }: Reply, code: string): void {
  const everything = `${JSON.stringify(headers)} ${text}`
  for (const secret of [CANARY, code, 'Error', 'bouncy', ' at ']) expect(everything).not.toContain(secret)
  expect(text.length).toBeLessThan(64)
}
