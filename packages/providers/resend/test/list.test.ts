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

  it('is not changed by what is ignored', async () => {
    expect(await listAfter(resendSamples.contactUpdated(), resendSamples.scheduled())).toEqual([])
  })
})
