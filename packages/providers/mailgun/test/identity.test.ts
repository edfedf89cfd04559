import { mailgun } from '@bouncy/mailgun'
import { mailgunSamples } from '@bouncy/mailgun/testing'
import { toWebhookRequest } from '@bouncy/testkit'
import { describe, expect, it } from 'vitest'
import { fixtures } from './fixtures.ts'
import { idsOf, NOW, read, signer } from './read.ts'

const { permanentFail, rejected } = mailgunSamples
const bounced = permanentFail()
const to = (names: string) => rejected({ message: { headers: { to: names } } })

describe('the id of an event', () => {
  it('is the same for every post of it', () => {
    const { event, ...rest } = bounced
    expect(idsOf({ ...rest, event })).toEqual(idsOf(bounced))
    expect(idsOf(permanentFail('bounce', { tags: [], 'delivery-status': null }))).toEqual(idsOf(bounced))
  })

  it('differs between all fixtures that are events', () => {
    const ids = fixtures.flatMap(({ data }) => idsOf(data))
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each([
    ['two ids', bounced, permanentFail('bounce', { id: 'other' })],
    ['two days', bounced, permanentFail('bounce', { timestamp: 1772703327.592369 })],
    ['two recipients', bounced, permanentFail('bounce', { recipient: 'other@example.com' })],
    ['two events', bounced, permanentFail('bounce', { event: 'complained' })],
    ['no ids', permanentFail('bounce', { id: null }), permanentFail('generic', { id: null })],
  ])('tells %s apart', (_, one, other) => {
    expect(idsOf(one)).toHaveLength(1)
    expect(idsOf(one)).not.toEqual(idsOf(other))
  })

  it('differs between the recipients of a rejected message, however they are spelt', () => {
    const both = idsOf(to('Kim <kim@example.com>, "Lee" <lee@example.net>'))
    expect(new Set(both).size).toBe(2)
    expect(idsOf(to('lee@EXAMPLE.NET'))).toEqual([both[1]])
  })

  it('is of the account', () => {
    const own = mailgun({ name: 'mailgun-eu', signingKeys: [signer.signingKey], now: () => NOW })
    const [event] = own.parse(own.verify(toWebhookRequest(signer.post(bounced))) as never).events
    expect(event).toMatchObject({ provider: 'mailgun-eu', id: expect.stringMatching(/^mailgun-eu_/) })
    expect(event?.id.split('_')[1]).not.toBe(idsOf(bounced)[0]?.split('_')[1])
  })

  it('is the same in every release', () => {
    expect([bounced, rejected(), mailgunSamples.clicked()].flatMap(idsOf)).toEqual([
      'mailgun_DUKobPwjpMuX6OAWKwXKqy',
      'mailgun_aK5Y3FmwE0hKrRs6Bb8rlB',
      'mailgun__R71qPz29EFHM1BvR5HOfr',
    ])
  })
})

describe('the recipients of a rejected message', () => {
  const namesIn = (names: string) => read(signer.post(to(names))).events.map(({ recipient }) => recipient)

  it.each([
    ['kim@example.com', ['kim@example.com']],
    ['Kim of Sales <kim@example.com>', ['kim@example.com']],
    ['"Kim, Dr." <kim@example.com>,lee@example.net', ['kim@example.com', 'lee@example.net']],
    ['Team: kim@example.com, <lee@example.net>;', ['kim@example.com', 'lee@example.net']],
    ['kim@example.com (at home)', ['kim@example.com']],
    ['"Kim (kim@example.net)" <kim@example.com>', ['kim@example.com']],
    ['KIM@example.com, kim@example.com', ['kim@example.com']],
    ['"open, kim@example.com', ['kim@example.com']],
    ['', []],
  ])('%s', (names, expected) => {
    expect(namesIn(names)).toEqual(expected)
  })

  it('are a thousand at most', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `kim${index}@example.com`)
    expect(namesIn(many(1_000).join(', '))).toHaveLength(1_000)
    const { events, quarantined } = read(signer.post(to(many(1_001).join(', '))))
    expect([events, quarantined?.map(({ reason }) => reason)]).toEqual([[], ['recipients-too-many']])
  })

  it('are found without delay in what is none', () => {
    const start = performance.now()
    for (const part of ['"', '<', 'a@', '" ', '(', 'a']) namesIn(part.repeat(1_000_000))
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})
