import { expect } from 'vitest'
import { ODD_JSON } from './body-cases.ts'
import type { BindingCase } from './cases.ts'
import type { Trial } from './trial.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

/** The rest of the application: its routes, and the parsers that are mounted before the webhooks. */
export const neighbourCases: readonly BindingCase[] = [
  {
    name: 'other routes read their own bodies and are not answered for',
    async run(trial) {
      const { client, kit, setup, soon, wasLogged } = trial
      await expectEcho(trial)
      expect((await soon('a reply', client.send(kit, '{}'))).status).toBe(200)
      await expectEcho(trial)
      const outside = await soon('a reply outside the prefix', client.send('/elsewhere/kit', '{}'))
      expect(outside.status).toBe(404)
      const beside = await soon('a reply beside the prefix', client.send(`${setup.prefix}-not/kit`, '{}'))
      expect(beside.status).toBe(404)
      expect(wasLogged('provider-unknown'), 'Bouncy was never asked').toBe(false)
    },
  },
  {
    name: 'the bytes that a parser kept are used',
    needs: 'kept-bytes',
    setup: { parser: 'keeps-bytes' },
    async run(trial) {
      const { client, kit, provider, soon } = trial
      const reply = await soon('a reply', client.send(kit, ODD_JSON, { headers: JSON_TYPE }))
      expect(reply.status).toBe(200)
      expect(Buffer.from(provider.received[0]?.body ?? []).toString()).toBe(ODD_JSON)
      await expectEcho(trial)
    },
  },
  {
    name: '503 and a sentence in the log where a parser kept nothing, and nothing is encoded again',
    needs: 'parser-first',
    setup: { parser: 'parses' },
    async run(trial) {
      const { client, kit, provider, soon, logged } = trial
      for (const body of [ODD_JSON, '{"a":1}']) {
        const reply = await soon('a reply', client.send(kit, body, { headers: JSON_TYPE }))
        expect(reply.status).toBe(503)
        expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0)
      }
      expect(await logged('body-already-read')).toMatch(/\[bouncy\/[a-z]+\].*\b(before|keep)\b/)
      expect(provider.received).toHaveLength(0)
      await expectEcho(trial)
    },
  },
]

async function expectEcho({ client, setup, soon }: Trial): Promise<void> {
  const value = { a: ['é', 1.5, null] }
  const body = JSON.stringify(value)
  const reply = await soon('the echo', client.send(setup.echo, body, { headers: JSON_TYPE }))
  expect(reply.status).toBe(200)
  expect(JSON.parse(reply.text)).toEqual(value)
}
