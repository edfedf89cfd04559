import { resend } from '@bouncy/resend'
import { resendSamples } from '@bouncy/resend/testing'
import { describe, expect, it } from 'vitest'
import { fixtures } from './fixtures.ts'
import { idsOf, NOW, read, signer, signerAt } from './read.ts'

const bounced = resendSamples.bounced()

describe('the id of an event', () => {
  it('is the same at every attempt, and where the post comes by another way', () => {
    const [first] = idsOf(bounced)
    const again = signerAt(NOW - 3_600_000).post(bounced)
    const later = resend({ secrets: signer.secrets }).parse(JSON.parse(again.body))
    expect(later.events[0]?.id).toBe(first)
    expect(read(signer.post(bounced, 'msg_of_another_endpoint')).events[0]?.id).toBe(first)
  })

  it('does not depend on the order of keys, or on what tells nothing of the event', () => {
    const { type, ...rest } = bounced
    expect(idsOf({ ...rest, type })).toEqual(idsOf(bounced))
    const bounce = { message: 'Other words.', type: 'Permanent' }
    expect(idsOf(resendSamples.bounced('', { bounce, tags: {}, subject: 'Other' }))).toEqual(idsOf(bounced))
  })

  it('differs between all fixtures that are events', () => {
    const ids = fixtures.flatMap(({ post }) => idsOf(post))
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each([
    ['two recipients', bounced, resendSamples.bounced('', { to: ['other@example.com'] })],
    ['two messages', bounced, resendSamples.bounced('', { email_id: 'other' })],
    ['two times', bounced, { ...bounced, created_at: '2026-03-04T09:35:27.127Z' }],
    ['two types', resendSamples.sent(), { ...resendSamples.sent(), type: 'email.delivered' }],
    [
      'two links',
      resendSamples.clicked(),
      resendSamples.clicked({ click: { link: 'https://example.org/b' } }),
    ],
    ['two entries', resendSamples.suppressionAdded(), resendSamples.suppressionAdded({ id: 'other' })],
    [
      'no times',
      { ...bounced, created_at: null },
      { ...resendSamples.bounced('Transient'), created_at: null },
    ],
  ])('tells %s apart', (_, one, other) => {
    expect(idsOf(one)).toHaveLength(1)
    expect(idsOf(one)).not.toEqual(idsOf(other))
  })

  it('differs between the recipients of one post, which may be named as before', () => {
    const both = idsOf(resendSamples.bounced('', { to: ['gone@example.com', 'Other <other@example.com>'] }))
    expect(new Set(both).size).toBe(2)
    expect(both[0]).toBe(idsOf(bounced)[0])
    expect(both[1]).toBe(idsOf(resendSamples.bounced('', { to: ['other@example.com'] }))[0])
  })

  it('is of the account', () => {
    const [event] = resend({ secrets: signer.secrets, name: 'resend-eu' }).parse({ ...bounced }).events
    expect(event).toMatchObject({ provider: 'resend-eu', id: expect.stringMatching(/^resend-eu_/) })
    expect(event?.id.split('_')[1]).not.toBe(idsOf(bounced)[0]?.split('_')[1])
  })

  it('is the same in every release', () => {
    expect([bounced, resendSamples.clicked(), resendSamples.suppressionAdded()].flatMap(idsOf)).toEqual([
      'resend_nNrdVkt7ydDoSGpRol7mYW',
      'resend_SqtXmzAflK3nAFkEXn5nhT',
      'resend_gLu39jWT4xa-xGlh0EXHKr',
    ])
  })
})
