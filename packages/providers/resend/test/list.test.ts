import { createBouncy, memoryStore } from '@bouncy/core'
import { type ResendBody, resendSamples } from '@bouncy/resend/testing'
import { describe, expect, it } from 'vitest'
import { NOW, provider, signer } from './read.ts'

const to = ['kim@example.com']
const { bounced, complained, suppressionAdded, suppressionRemoved } = resendSamples

async function listAfter(...bodies: readonly ResendBody[]): Promise<readonly string[]> {
  const bouncy = createBouncy({ providers: [provider()], store: memoryStore(), now: () => NOW })
  for (const body of bodies) {
    const request = new Request('https://example.org/webhooks/resend', signer.post(body))
    expect((await bouncy.fetch(request)).status).toBe(200)
  }
  return (await bouncy.suppressions()).items.map(({ address, reason }) => `${address} ${reason}`)
}

describe('the suppression list', () => {
  it('holds hard bounces and complaints, once for what came and for the list of Resend', async () => {
    const bounces = [bounced('Permanent/General', { to }), suppressionAdded({ origin: 'bounce' })]
    const complaints = [complained({ to }), suppressionAdded({ origin: 'complaint', id: 'other' })]
    const both = ['kim@example.com bounce', 'kim@example.com complaint']
    expect(await listAfter(...bounces, ...complaints)).toEqual(both)
    expect(await listAfter(...[...bounces, ...complaints].reverse())).toEqual(both)
    expect(await listAfter(...bounces.slice(1), ...complaints.slice(1))).toEqual(both)
  })

  it('holds whom somebody of the sender put on it', async () => {
    expect(await listAfter(suppressionAdded())).toEqual(['kim@example.com unsubscribe'])
  })

  it('lets go whom Resend lets go later, in any order of arrival', async () => {
    const all = [
      bounced('Permanent/General', { to }),
      complained({ to }),
      suppressionAdded(),
      suppressionRemoved(),
    ]
    expect(await listAfter(...all)).toEqual([])
    expect(await listAfter(...all.reverse())).toEqual([])
  })

  it('keeps whom Resend let go before', async () => {
    const before = { ...suppressionRemoved(), created_at: '2026-03-04T09:00:00.000Z' }
    expect(await listAfter(bounced('Permanent/General', { to }), before)).toEqual(['kim@example.com bounce'])
  })

  it('is not changed by echoes of a list, by the faults of a message, by delays or by suspicion', async () => {
    const { deliveryDelayed, failed, suppressed } = resendSamples
    const innocent = ['Permanent/Suppressed', 'Transient/MessageTooLarge', 'Permanent/ContentRejected']
    const bounces = innocent.map((words) => bounced(words, { to }))
    const suspects = complained({ to: [...to, 'calm@example.com'] })
    expect(await listAfter(...bounces, suspects, suppressed({ to }), failed(), deliveryDelayed())).toEqual([])
  })

  it('holds of several recipients of a bounce only whom the server named, and nobody if it named more', async () => {
    const both = ['gone@example.com', 'begone@example.com']
    const saying = (message: string) => ({ to: both, bounce: { type: 'Permanent', message } })
    const names = (message: string) => listAfter(bounced('', saying(message)))
    expect(await names('550 5.1.1 <gone@example.com>: no such user')).toEqual(['gone@example.com bounce'])
    expect(await names('550 Begone@example.com. is not here')).toEqual(['begone@example.com bounce'])
    expect(await names('550 gone@example.com, begone@example.com: no such users')).toEqual([])
    expect(await names('550 kim@example.com forwards to nobody')).toEqual([])
    expect(await names('550 no such user')).toEqual([])
  })

  const fiveOf = (said: string) =>
    [1, 2, 3, 4, 5].map((day) => ({
      ...bounced('', { to, bounce: { type: 'Transient', subType: 'General', diagnosticCode: [said] } }),
      created_at: `2026-02-2${day}T10:00:00.000Z`,
    }))

  it.each([
    'smtp; 550 5.7.1 Client host [192.0.2.1] blocked using rbl.example.org',
    'smtp; 550 5.7.26 this mail has been blocked because the sender is unauthenticated',
    'smtp; 554 message rejected as spam',
    'smtp; 552 5.3.4 message too big for system',
  ])('is not changed by what the server finds wrong with the sender or the message: %s', async (said) => {
    expect(await listAfter(...fiveOf(said))).toEqual([])
  })

  it.each(['552 mailbox is full', '550 <kim-5.7.1@example.com>: failed'])(
    'holds whose mail fails again and again: %s',
    async (said) => {
      expect(await listAfter(...fiveOf(said))).toEqual(['kim@example.com bounce'])
    },
  )

  it('is not changed by what is ignored', async () => {
    expect(await listAfter(resendSamples.contactUpdated(), resendSamples.scheduled())).toEqual([])
  })
})
