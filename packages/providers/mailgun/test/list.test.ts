import { createBouncy, memoryStore } from '@bouncy/core'
import { type MailgunFields, mailgunSamples } from '@bouncy/mailgun/testing'
import { describe, expect, it } from 'vitest'
import { NOW, provider, signer } from './read.ts'

const recipient = 'kim@example.com'
const { complained, delivered, permanentFail, temporaryFail, unsubscribed } = mailgunSamples

async function listAfter(...events: readonly MailgunFields[]): Promise<readonly string[]> {
  const bouncy = createBouncy({ providers: [provider()], store: memoryStore(), now: () => NOW })
  for (const event of events) {
    const request = new Request('https://example.org/webhooks/mailgun', signer.post(event))
    expect((await bouncy.fetch(request)).status).toBe(200)
  }
  const { items } = await bouncy.suppressions()
  return items.map(({ address, reason, scope }) => [address, reason, scope?.stream ?? []].flat().join(' '))
}

const fiveOf = (reason: string) =>
  [1, 2, 3, 4, 5].map((day) =>
    permanentFail(reason, { id: `${day}`, recipient, timestamp: NOW / 1000 - day * 86_400 }),
  )

describe('the suppression list', () => {
  it('holds hard bounces, complaints and unsubscribes, whatever order they come in', async () => {
    const all = [
      permanentFail('bounce', { recipient }),
      complained({ recipient }),
      unsubscribed({ recipient }),
    ]
    const expected = ['kim@example.com bounce', 'kim@example.com complaint', 'kim@example.com unsubscribe']
    expect(await listAfter(...all)).toEqual(expected)
    expect(await listAfter(...all.reverse())).toEqual(expected)
    expect(await listAfter(...all, delivered({ recipient, timestamp: NOW / 1000 }))).toEqual(expected)
  })

  it('holds who leaves a mailing list for that list', async () => {
    const list = { 'mailing-list': { address: 'news@mg.example.org' } }
    expect(await listAfter(unsubscribed({ recipient, tags: [], ...list }))).toEqual([
      'kim@example.com unsubscribe news@mg.example.org',
    ])
    expect(await listAfter(unsubscribed({ recipient, ...list }))).toEqual(['kim@example.com unsubscribe'])
  })

  it.each(['generic', 'old'])('holds whose mail fails again and again: %s', async (reason) => {
    expect(await listAfter(...fiveOf(reason).slice(1))).toEqual([])
    expect(await listAfter(...fiveOf(reason))).toEqual(['kim@example.com bounce'])
  })

  it.each(['espblock', 'blacklisted', 'greylisted', 'suppress-bounce', 'suppress-complaint', 'of-tomorrow'])(
    'is not changed by what is not the fault of the address: %s',
    async (reason) => {
      const untyped = { 'delivery-status': { code: 550, message: 'no' } }
      expect(await listAfter(...fiveOf(reason).map((event) => ({ ...event, ...untyped })))).toEqual([])
    },
  )

  const saying = (message: string, event: MailgunFields) => ({
    ...event,
    recipient: 'kim-5.7.1@example.com',
    'delivery-status': { code: 550, message },
  })

  it.each([
    '554 Service unavailable; Client host [192.0.2.1] blocked using rbl.example.org',
    '550 5.7.606 Access denied, banned sending IP [192.0.2.1]',
    '550 message rejected as spam',
    '552 message size exceeds fixed maximum message size',
  ])('is not changed by what the server finds wrong with the sender or the message: %s', async (said) => {
    expect(await listAfter(...fiveOf('generic').map((event) => saying(said, event)))).toEqual([])
  })

  it('goes by no status that stands in an address', async () => {
    const unknown = fiveOf('generic').map((event) =>
      saying('550 <kim-5.7.1@example.com>: failed, as did https://mx-5.7.1.example.com', event),
    )
    expect(await listAfter(...unknown)).toEqual(['kim-5.7.1@example.com bounce'])
    const busy = saying('451 <kim+5.1.1@example.com>: try again', permanentFail('generic'))
    expect(await listAfter(busy)).toEqual([])
  })

  it('is not changed by delays, opens and what is not understood', async () => {
    const delays = [1, 2, 3, 4, 5, 6].map((id) => temporaryFail('generic', { id: `${id}`, recipient }))
    expect(await listAfter(...delays, mailgunSamples.opened(), mailgunSamples.stored())).toEqual([])
  })
})
