import { sendgrid } from '@bouncy/sendgrid'
import { sendgridSamples } from '@bouncy/sendgrid/testing'
import { describe, expect, it } from 'vitest'
import { fixtures } from './fixtures.ts'
import { idsOf, signer } from './read.ts'

const bounce = sendgridSamples.bounce()

describe('the id of an event', () => {
  it('is the same at a retry, where sg_event_id is another or none', () => {
    const [first] = idsOf(bounce)
    expect(idsOf(sendgridSamples.bounce({ sg_event_id: 'bmV3' }))).toEqual([first])
    expect(idsOf(sendgridSamples.bounce({ sg_event_id: undefined }))).toEqual([first])
  })

  it('does not depend on the batch, on the order of keys, or on what tells nothing of the event', () => {
    const [first] = idsOf(bounce)
    const { email, ...rest } = bounce
    expect(idsOf(sendgridSamples.open(), { ...rest, email, tls: 0 }, sendgridSamples.click())[1]).toBe(first)
    expect(idsOf({ ...bounce, timestamp: String(bounce.timestamp), category: [] })).toEqual([first])
  })

  it('differs between all fixtures that are events, and all samples', () => {
    const ids = fixtures.flatMap(({ post }) => idsOf(...(post as object[])))
    const samples = idsOf(...Object.values(sendgridSamples).map((sample) => sample()))
    expect(new Set([...ids, ...samples]).size).toBe(ids.length + samples.length)
  })

  it.each([
    ['two recipients', bounce, { email: 'other@example.com' }],
    ['two messages', bounce, { sg_message_id: 'other.recvd-1-0' }],
    [
      'a recipient that is addressed twice in one request',
      bounce,
      { sg_message_id: `${bounce.sg_message_id}1` },
    ],
    ['two times', bounce, { timestamp: 1772616000 }],
    ['two answers', bounce, { reason: '550 5.1.1 no such user' }],
    ['two attempts', sendgridSamples.deferred(), { attempt: '6' }],
    ['two links', sendgridSamples.click(), { url: 'https://example.org/other' }],
    ['two readers', sendgridSamples.open(), { ip: '203.0.113.10' }],
    ['two groups', sendgridSamples.groupUnsubscribe(), { asm_group_id: 99 }],
    ['off and on', sendgridSamples.groupUnsubscribe(), { event: 'group_resubscribe' }],
  ])('tells %s apart', (_, one, other) => {
    expect(new Set(idsOf(one, { ...one, ...other })).size).toBe(2)
  })

  it('is of the account', () => {
    const [event] = sendgrid({ publicKeys: [signer.publicKey], name: 'sendgrid-eu' }).parse([bounce]).events
    expect(event).toMatchObject({ provider: 'sendgrid-eu', id: expect.stringMatching(/^sendgrid-eu_/) })
    expect(event?.id.split('_')[1]).not.toBe(idsOf(bounce)[0]?.split('_')[1])
  })

  it('is the same in every release', () => {
    expect(idsOf(bounce, sendgridSamples.groupUnsubscribe(), sendgridSamples.click())).toEqual([
      'sendgrid_LwM50rAVTRuECudDXen_ew',
      'sendgrid_H99itMkFTuL3BC5gMryztw',
      'sendgrid_j8IFGGFWIaeb4oaYqCIh57',
    ])
  })
})
