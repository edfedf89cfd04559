import { type Bouncy, createBouncy, memoryStore } from '@bouncy/core'
import { type SendgridElement, sendgridSamples } from '@bouncy/sendgrid/testing'
import { describe, expect, it } from 'vitest'
import { NOW, provider, signer } from './read.ts'

const email = 'kim@example.com'
const { bounce, groupResubscribe, groupUnsubscribe, spamreport, unsubscribe } = sendgridSamples

async function after(...elements: readonly SendgridElement[]): Promise<Bouncy> {
  const bouncy = createBouncy({ providers: [provider()], store: memoryStore(), now: () => NOW })
  const post = signer.post(elements)
  const reply = await bouncy.fetch(new Request('https://example.org/webhooks/sendgrid', post))
  expect(reply.status).toBe(200)
  return bouncy
}

const listOf = async (bouncy: Bouncy): Promise<readonly (string | undefined)[]> =>
  (await bouncy.suppressions()).items.map(({ reason, scope }) => scope?.stream ?? reason)

describe('the suppression list', () => {
  it('holds hard bounces, complaints and who left all mail, everywhere', async () => {
    const bouncy = await after(bounce({ email }), spamreport({ email }), unsubscribe({ email }))
    expect(await listOf(bouncy)).toEqual(['bounce', 'complaint', 'unsubscribe'])
    expect(await bouncy.isSuppressed(email, { stream: 'group:99' })).toBe(true)
  })

  it('holds who left a group in that group', async () => {
    const bouncy = await after(groupUnsubscribe({ email }))
    expect(await bouncy.isSuppressed(email, { stream: 'group:1234' })).toBe(true)
    expect(await bouncy.isSuppressed(email, { stream: 'group:99' })).toBe(false)
  })

  it('lets go who joins the group again, in any order of arrival', async () => {
    const [left, joined] = [groupUnsubscribe({ email }), groupResubscribe({ email })]
    expect(await listOf(await after(left, joined))).toEqual([])
    expect(await listOf(await after(joined, left))).toEqual([])
    expect(await listOf(await after(joined, groupUnsubscribe({ email, timestamp: 1772629999 })))).toEqual([
      'group:1234',
    ])
  })

  it('is not lifted for another group, or for bounces, complaints and wishes that only name the group', async () => {
    const group = { email, asm_group_id: 1234 }
    const rest = [
      groupUnsubscribe({ email, asm_group_id: 99 }),
      bounce(group),
      spamreport(group),
      unsubscribe(group),
    ]
    const bouncy = await after(...rest, groupUnsubscribe({ email }), groupResubscribe({ email }))
    expect([...(await listOf(bouncy))].sort()).toEqual(['bounce', 'complaint', 'group:99', 'unsubscribe'])
  })

  it('is not changed by drops, delays, and blocks that are the fault of the sender', async () => {
    const { blocked, deferred, dropped } = sendgridSamples
    const lists = ['Bounced Address', 'Unsubscribed Address', 'Spam Reporting Address', 'Invalid']
    const bouncy = await after(...lists.map((reason) => dropped(reason, { email })), deferred(), blocked())
    expect(await listOf(bouncy)).toEqual([])
  })

  const fiveOf = (reason: string) =>
    [1, 2, 3, 4, 5].map((day) =>
      sendgridSamples.blocked({
        email,
        reason,
        status: '5.0.0',
        bounce_classification: 'Unclassified',
        timestamp: NOW / 1000 - day * 86_400,
      }),
    )

  it.each([
    '554 Service unavailable; Client host [192.0.2.1] blocked using rbl.example.org',
    '550 5.7.606 Access denied, banned sending IP [192.0.2.1]',
    '550 message rejected as spam',
    '552 message size exceeds fixed maximum message size',
  ])('is not changed by what the server finds wrong with the sender or the message: %s', async (reason) => {
    expect(await listOf(await after(...fiveOf(reason)))).toEqual([])
  })

  it.each(['552 mailbox is full', '550 <kim-5.7.1@example.com>: failed', '550 <spam@example.com>: failed'])(
    'holds whose mail is blocked again and again: %s',
    async (reason) => {
      expect(await listOf(await after(...fiveOf(reason)))).toEqual(['bounce'])
    },
  )

  it('is made of what a post says rightly, whatever else it says', async () => {
    const bouncy = await after({ event: 'teleported' }, bounce({ email }), { event: 'bounce' })
    expect(await listOf(bouncy)).toEqual(['bounce'])
    expect((await bouncy.quarantined()).items).toHaveLength(2)
  })
})

describe('a recipient that is no address', () => {
  it('is told as it was reported', async () => {
    const bouncy = await after(sendgridSamples.dropped('Invalid', { email: 'not an address' }))
    expect((await bouncy.events()).items).toMatchObject([{ type: 'reject', recipient: 'not an address' }])
  })
})
