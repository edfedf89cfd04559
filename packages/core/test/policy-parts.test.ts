import {
  type Bouncy,
  composePolicy,
  createBouncy,
  flagSpamDiagnostics,
  graduatedComplaints,
  memoryStore,
  type Policy,
  type PolicyPart,
  pauseInsteadOfSuppress,
  type Recipient,
  suppressionPolicy,
} from '@bouncy/core'
import { describe, expect, it } from 'vitest'
import { keepingLogger, post, type ToyEvent, toy } from './toy.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const to = 'kim@example.com'
const setUp = (...parts: PolicyPart[]): Bouncy =>
  createBouncy({
    providers: [toy()],
    store: memoryStore(),
    now: () => NOW,
    policy: composePolicy(suppressionPolicy(), ...parts),
  })
const after = async (bouncy: Bouncy, ...events: ToyEvent[]): Promise<unknown> => {
  await bouncy.receive('toy', post(events))
  return (await bouncy.suppressions()).items
}
const bounce = (bounceType: string, more: object = {}): ToyEvent => ({
  type: 'bounce',
  at: '2026-11-22T00:00:00Z',
  more: { bounceType, ...more },
})

describe('durations without an end', () => {
  const five = Array.from({ length: 5 }, (_, key) => ({ ...bounce('soft'), key: String(key) }))
  const forGood = [{ address: to, reason: 'bounce', since: expect.any(String) }]
  const by = (policy: Policy) =>
    createBouncy({ providers: [toy()], store: memoryStore(), now: () => NOW, policy })

  it.each([Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER])('are for good: %d', async (long) => {
    const hard = by(suppressionPolicy({ hardBounce: { suppressForMs: long } }))
    expect(await after(hard, bounce('hard'))).toMatchObject(forGood)
    expect(await after(setUp(pauseInsteadOfSuppress({ hardMs: long })), bounce('hard'))).toMatchObject(
      forGood,
    )
    const soft = by(suppressionPolicy({ softBounce: { windowMs: long, suppressForMs: long } }))
    const found = await after(soft, ...five)
    expect(found).toMatchObject(forGood)
    expect(found).not.toMatchObject([{ expiresAt: expect.anything() }])
  })

  it('are not what is left out', async () => {
    const absent = { limit: undefined, windowMs: undefined, suppressForMs: undefined } as object
    expect(await after(by(suppressionPolicy({ softBounce: absent })), ...five)).toMatchObject([
      { expiresAt: '2026-12-22T00:00:00.000Z' },
    ])
  })
})

describe('pauseInsteadOfSuppress', () => {
  it('pauses for thirty days after a hard bounce and for one after a soft one', async () => {
    expect(await after(setUp(pauseInsteadOfSuppress()), bounce('hard'))).toMatchObject([
      { reason: 'bounce', expiresAt: '2026-12-22T00:00:00.000Z' },
    ])
    expect(await after(setUp(pauseInsteadOfSuppress()), bounce('soft'))).toMatchObject([
      { reason: 'bounce', expiresAt: '2026-11-23T00:00:00.000Z' },
    ])
  })

  it('leaves complaints and bounces that do not count as they are', async () => {
    const bouncy = setUp(pauseInsteadOfSuppress({ hardMs: 1000 }))
    expect(await after(bouncy, bounce('hard', { countsAgainstRecipient: false }))).toEqual([])
    expect(await after(bouncy, { type: 'complaint' })).not.toMatchObject([{ expiresAt: expect.anything() }])
  })
})

describe('flagSpamDiagnostics', () => {
  it('pauses and says why, where the default does nothing', async () => {
    const spam = bounce('soft', { reason: 'spam', countsAgainstRecipient: false })
    expect(await after(setUp(), spam)).toEqual([])
    expect(await after(setUp(flagSpamDiagnostics()), spam)).toMatchObject([
      { expiresAt: '2026-11-23T00:00:00.000Z', note: expect.stringContaining('spam') },
    ])
  })
})

describe('graduatedComplaints', () => {
  const complaint = (at: string): ToyEvent => ({ type: 'complaint', at })

  it('pauses for the first, suppresses for good at the second, in any order', async () => {
    const first = complaint('2026-10-01T00:00:00Z')
    const second = complaint('2026-11-01T00:00:00Z')
    expect(await after(setUp(graduatedComplaints()), first)).toMatchObject([
      { reason: 'complaint', expiresAt: '2026-12-30T00:00:00.000Z' },
    ])
    for (const order of [
      [first, second],
      [second, first],
    ]) {
      const [one, ...rest] = (await after(setUp(graduatedComplaints()), ...order)) as object[]
      expect(rest).toEqual([])
      expect(one).toMatchObject({ reason: 'complaint', since: '2026-11-01T00:00:00.000Z' })
      expect(one).not.toHaveProperty('expiresAt')
    }
  })

  it('does not add up complaints that are a long time apart, or no complaints', async () => {
    const bouncy = setUp(graduatedComplaints({ windowMs: 86_400_000 }))
    await after(bouncy, complaint('2026-10-01T00:00:00Z'), complaint('2026-11-01T00:00:00Z'))
    expect((await bouncy.suppressions()).items).toMatchObject([{ expiresAt: expect.anything() }])
    expect(
      await after(setUp(graduatedComplaints()), { type: 'complaint', more: { feedbackType: 'not-spam' } }),
    ).toEqual([])
  })
})

it.each([
  () => pauseInsteadOfSuppress({ hardMs: 0 }),
  () => flagSpamDiagnostics({ pauseMs: -1 }),
  () => graduatedComplaints({ limit: 0 }),
  () => graduatedComplaints({ limit: 1.5 }),
])('refuses numbers that make no sense %#', (make) => {
  expect(make).toThrow(
    /^\[bouncy\/core\] (hardMs|pauseMs|limit): give a (number greater than 0|whole number)$/,
  )
})

describe('resolveRecipient', () => {
  const users: Readonly<Record<string, Recipient>> = { [to]: { id: 'user-1', tenant: 'acme' } }
  const resolving = (resolveRecipient: (event: { recipient: string }) => Recipient | undefined): Bouncy =>
    createBouncy({ providers: [toy()], store: memoryStore(), resolveRecipient, logger: keepingLogger() })

  it('tells handlers whose address it is, and keeps an unsubscribe within the tenant', async () => {
    const bouncy = resolving(({ recipient }) => users[recipient])
    const told: unknown[] = []
    bouncy.on('*', (event, { attempt, recipient }) => told.push([event.recipient, attempt, recipient]))
    await bouncy.receive(
      'toy',
      post([
        { type: 'unsubscribe', stream: 'news' },
        { type: 'bounce', to: 'lee@example.com' },
      ]),
    )
    expect(told).toEqual([
      [to, 1, users[to]],
      ['lee@example.com', 1, undefined],
    ])
    expect(await bouncy.isSuppressed(to, { stream: 'news', tenant: 'acme' })).toBe(true)
    expect(await bouncy.isSuppressed(to, { tenant: 'other' })).toBe(false)
    await bouncy.receive('toy', post([{ type: 'resubscribe', stream: 'news', at: '2026-11-02T00:00:00Z' }]))
    expect(await bouncy.isSuppressed(to)).toBe(false)
  })

  it('asks the provider to send again when it throws, and has stored nothing', async () => {
    const bouncy = resolving(() => {
      throw new Error('directory is down')
    })
    expect((await bouncy.receive('toy', post([{ type: 'bounce' }]))).status).toBe(503)
    expect((await bouncy.events()).items).toEqual([])
  })
})
