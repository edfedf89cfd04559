import {
  type Bouncy,
  createBouncy,
  memoryStore,
  type SuppressionPolicyOptions,
  suppressionPolicy,
} from '@bouncy/core'
import { describe, expect, it } from 'vitest'
import { post, type ToyEvent, toy } from './toy.ts'

const DAY = 86_400_000
const NOW = Date.parse('2026-11-22T12:00:00Z')
const setUp = (options: object = {}): Bouncy =>
  createBouncy({ providers: [toy()], store: memoryStore(), now: () => NOW, ...options })
const send = async (bouncy: Bouncy, ...events: ToyEvent[]): Promise<void> => {
  for (const event of events) expect((await bouncy.receive('toy', post([event]))).status).toBe(200)
}
const soft = (at: string): ToyEvent => ({
  type: 'bounce',
  at,
  more: { bounceType: 'soft', reason: 'mailbox-full' },
})
const to = 'kim@example.com'

describe('the default policy', () => {
  it.each<[string, ToyEvent, boolean]>([
    ['a hard bounce', { type: 'bounce' }, true],
    [
      'a hard bounce that is the message’s own fault',
      { type: 'bounce', more: { countsAgainstRecipient: false } },
      false,
    ],
    ['one soft bounce', soft('2026-11-01T00:00:00Z'), false],
    ['a complaint', { type: 'complaint' }, true],
    ['a complaint of unknown kind', { type: 'complaint', more: { feedbackType: 'unknown' } }, true],
    ['a report of no spam', { type: 'complaint', more: { feedbackType: 'not-spam' } }, false],
    ['a suspect of a complaint', { type: 'complaint', more: { certain: false } }, false],
    ['an unsubscribe', { type: 'unsubscribe' }, true],
    ['a delivery', { type: 'delivery' }, false],
    ['a deferral', { type: 'deferral' }, false],
    ['a reject', { type: 'reject' }, false],
    ['an auto-reply', { type: 'autoreply' }, false],
  ])('%s', async (_, event, suppressed) => {
    const bouncy = setUp()
    await send(bouncy, event)
    expect(await bouncy.isSuppressed(to)).toBe(suppressed)
  })

  it('suppresses suspects when asked to', async () => {
    const bouncy = setUp({ policy: suppressionPolicy({ complaint: { suspects: true } }) })
    await send(bouncy, { type: 'complaint', more: { certain: false } })
    expect(await bouncy.isSuppressed(to)).toBe(true)
  })

  it('pauses after five soft bounces in thirty days without a delivery between them', async () => {
    const bouncy = setUp()
    const days = ['01', '04', '08', '12'].map((day) => soft(`2026-11-${day}T00:00:00Z`))
    await send(bouncy, ...days)
    expect(await bouncy.isSuppressed(to)).toBe(false)
    await send(bouncy, soft('2026-11-16T00:00:00Z'))
    expect((await bouncy.suppressions()).items).toEqual([
      expect.objectContaining({
        address: to,
        reason: 'bounce',
        since: '2026-11-16T00:00:00.000Z',
        expiresAt: '2026-12-16T00:00:00.000Z',
      }),
    ])
    await send(bouncy, { type: 'delivery', at: '2026-11-10T00:00:00Z' })
    expect(await bouncy.isSuppressed(to)).toBe(false)
  })

  it('forgets a pause when its time is over', async () => {
    let at = NOW
    const bouncy = setUp({
      now: () => at,
      policy: suppressionPolicy({ hardBounce: { suppressForMs: 30 * DAY } }),
    })
    await send(bouncy, { type: 'bounce' })
    expect(await bouncy.isSuppressed(to)).toBe(true)
    at = Date.parse('2026-12-01T00:00:00Z')
    expect(await bouncy.isSuppressed(to)).toBe(false)
    expect((await bouncy.filterRecipients([to])).deliverable).toEqual([to])
    expect((await bouncy.suppressions()).items).toEqual([])
  })

  it('never lets a late or new delivery undo a hard bounce', async () => {
    const bouncy = setUp()
    await send(bouncy, { type: 'bounce' }, { type: 'delivery', at: '2026-11-20T00:00:00Z' })
    expect(await bouncy.isSuppressed(to)).toBe(true)
  })

  it('lets only a newer resubscribe of the same source lift, in any order of arrival', async () => {
    const unsubscribe: ToyEvent = { type: 'unsubscribe', stream: 'news', at: '2026-11-10T00:00:00Z' }
    const newer: ToyEvent = { type: 'resubscribe', stream: 'news', at: '2026-11-11T00:00:00Z' }
    const older: ToyEvent = { type: 'resubscribe', stream: 'news', at: '2026-11-09T00:00:00Z' }
    const other: ToyEvent = { type: 'resubscribe', stream: 'offers', at: '2026-11-11T00:00:00Z' }
    for (const [lift, suppressed] of [
      [newer, false],
      [older, true],
      [other, true],
    ] as const) {
      for (const order of [
        [unsubscribe, lift],
        [lift, unsubscribe],
      ] as const) {
        const bouncy = setUp()
        await send(bouncy, ...order)
        expect(await bouncy.isSuppressed(to)).toBe(suppressed)
      }
    }
  })

  it.each([
    [{ softBounces: {} }, /softBounces: there are/],
    [{ softBounce: { limit: 0 } }, /softBounce\.limit/],
    [{ softBounce: { limit: 1.5 } }, /softBounce\.limit/],
    [{ softBounce: { windowMs: -1 } }, /softBounce\.windowMs/],
    [{ hardBounce: { suppressForMs: Number.NaN } }, /hardBounce\.suppressForMs/],
  ])('refuses numbers that make no sense: %j', (options, message) => {
    expect(() => suppressionPolicy(options as SuppressionPolicyOptions)).toThrow(message)
  })
})

describe('scopes', () => {
  it('with nothing in it is the global one, whose suppressions a lift in it ends, and no others', async () => {
    const bouncy = setUp()
    await bouncy.suppress([
      { address: to, reason: 'bounce' },
      { address: to, reason: 'unsubscribe', scope: { stream: 'news' } },
    ])
    expect(await bouncy.unsuppress(to, { actor: 'kim', scope: { stream: undefined } as object })).toBe(true)
    expect(await bouncy.isSuppressed(to, { stream: 'receipts' })).toBe(false)
    expect(await bouncy.isSuppressed(to, { stream: 'news' })).toBe(true)
  })

  it('an unsubscribe of one stream leaves the others alone, and answers a question without a scope', async () => {
    const bouncy = setUp()
    await send(bouncy, { type: 'unsubscribe', stream: 'news' })
    expect(await bouncy.isSuppressed(to)).toBe(true)
    expect(await bouncy.isSuppressed(to, { stream: 'news' })).toBe(true)
    expect(await bouncy.isSuppressed(to, { stream: 'receipts' })).toBe(false)
    expect(await bouncy.isSuppressed(to, { tenant: 'acme' })).toBe(true)
  })

  it('a bounce is everywhere, whatever its stream', async () => {
    const bouncy = setUp()
    await send(bouncy, { type: 'bounce', stream: 'news' })
    expect(await bouncy.isSuppressed(to, { stream: 'receipts', tenant: 'acme' })).toBe(true)
  })
})

describe('the list', () => {
  it('splits recipients and keeps their order and spelling', async () => {
    const bouncy = setUp()
    await send(
      bouncy,
      { type: 'bounce', to: 'Kim@Example.com' },
      { type: 'complaint', to: 'kim@example.com' },
    )
    const given = [
      'a@example.com',
      'KIM@example.com',
      'Kim Lee <kim@EXAMPLE.com>',
      'A@example.com',
      'not an address',
      'kim@ex%61mple.com',
      'kim@example.com,',
    ]
    const { deliverable, suppressed, invalid } = await bouncy.filterRecipients(given)
    expect(deliverable).toEqual(['a@example.com', 'A@example.com'])
    expect(suppressed).toMatchObject([
      { address: 'KIM@example.com', reason: 'complaint' },
      { address: 'Kim Lee <kim@EXAMPLE.com>', reason: 'complaint' },
    ])
    expect(invalid).toEqual(['not an address', 'kim@ex%61mple.com', 'kim@example.com,'])
    expect(await bouncy.filterRecipients([])).toEqual({ deliverable: [], suppressed: [], invalid: [] })
  })

  it('is changed by hand, and tells whether there was anything to lift', async () => {
    const bouncy = setUp()
    await bouncy.suppress({
      address: 'Lee <LEE@example.com>',
      reason: 'manual',
      note: 'asked by phone',
      actor: 'kim',
    })
    expect((await bouncy.suppressions()).items).toEqual([
      {
        address: 'lee@example.com',
        reason: 'manual',
        since: new Date(NOW).toISOString(),
        note: 'asked by phone',
      },
    ])
    expect(await bouncy.unsuppress('lee@example.com', { actor: 'kim', scope: { stream: 'x' } })).toBe(false)
    expect(await bouncy.isSuppressed('lee@example.com')).toBe(true)
    expect(await bouncy.unsuppress('lee@example.com', { actor: 'kim', note: 'asked again' })).toBe(true)
    expect(await bouncy.unsuppress('lee@example.com', { actor: 'kim' })).toBe(false)
    expect(await bouncy.isSuppressed('lee@example.com')).toBe(false)
    await bouncy.suppress({ address: 'lee@example.com', reason: 'manual' })
    expect(await bouncy.isSuppressed('lee@example.com')).toBe(true)
  })

  it('keeps both of two commands of one millisecond, and what is no address apart', async () => {
    const bouncy = setUp()
    await bouncy.suppress({ address: to, reason: 'manual', expiresAt: new Date(NOW + 1000).toISOString() })
    await bouncy.suppress({ address: to, reason: 'manual' })
    expect((await bouncy.suppressions()).items[0]).not.toHaveProperty('expiresAt')
    expect((await bouncy.filterRecipients([undefined as never])).invalid).toEqual([undefined])
  })

  it('lifts evidence from the future without forgiving what comes later', async () => {
    const bouncy = setUp()
    await send(bouncy, { type: 'bounce', at: '2035-01-01T00:00:00Z' })
    expect(await bouncy.unsuppress(to, { actor: 'kim' })).toBe(true)
    expect(await bouncy.isSuppressed(to)).toBe(false)
    await send(bouncy, { type: 'bounce', at: '2026-11-22T13:00:00Z' })
    expect(await bouncy.isSuppressed(to)).toBe(true)
  })

  it('lifts what an event suppressed, and a later event suppresses again', async () => {
    const bouncy = setUp()
    await send(bouncy, { type: 'bounce' })
    expect(await bouncy.unsuppress(to, { actor: 'kim' })).toBe(true)
    await send(bouncy, { type: 'bounce', at: '2026-11-02T00:00:00Z' })
    expect(await bouncy.isSuppressed(to)).toBe(false)
    await send(bouncy, { type: 'bounce', at: '2026-11-23T00:00:00Z' })
    expect(await bouncy.isSuppressed(to)).toBe(true)
  })

  it('is listed in pages, by reason and by prefix', async () => {
    const bouncy = setUp()
    for (const name of ['d', 'a', 'c', 'b'])
      await bouncy.suppress({ address: `${name}@example.com`, reason: 'manual' })
    await send(bouncy, { type: 'complaint', to: 'a@example.com' })
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await bouncy.suppressions({ limit: 2, ...(cursor === undefined ? {} : { cursor }) })
      seen.push(...page.items.map((one) => `${one.address} ${one.reason}`))
      cursor = page.next
    } while (cursor !== undefined)
    expect(seen).toEqual([
      'a@example.com complaint',
      'a@example.com manual',
      ...['b', 'c', 'd'].map((name) => `${name}@example.com manual`),
    ])
    expect((await bouncy.suppressions({ reason: 'complaint' })).items).toHaveLength(1)
    expect((await bouncy.suppressions({ prefix: 'b' })).items).toHaveLength(1)
    await expect(bouncy.suppressions({ cursor: 'nonsense' })).rejects.toThrow(/cursor/)
    await expect(bouncy.suppressions({ limit: 0 })).rejects.toThrow(/limit/)
  })

  it.each([
    (bouncy: Bouncy) => bouncy.isSuppressed('nobody'),
    (bouncy: Bouncy) => bouncy.suppress({ address: 'nobody', reason: 'manual' }),
    (bouncy: Bouncy) => bouncy.suppress({ address: to, reason: 'whim' as never }),
    (bouncy: Bouncy) => bouncy.suppress({ address: to, reason: 'toString' as never }),
    (bouncy: Bouncy) => bouncy.filterRecipients(to as never),
    (bouncy: Bouncy) => bouncy.suppress({ address: to, reason: 'manual', expiresAt: 'soon' }),
    (bouncy: Bouncy) => bouncy.unsuppress('nobody', { actor: 'kim' }),
    (bouncy: Bouncy) => bouncy.unsuppress(to, { actor: '' }),
  ])('refuses bad input %#', async (call) => {
    await expect(call(setUp())).rejects.toThrow(/^\[bouncy\/core\] (?!.*nobody)/)
  })

  it('finds events by recipient, type and message, newest first', async () => {
    const bouncy = setUp()
    await send(
      bouncy,
      { type: 'delivery', at: '2026-11-01T00:00:00Z', more: { messageId: 'm1' } },
      { type: 'bounce', at: '2026-11-03T00:00:00Z' },
      { type: 'delivery', at: '2026-11-02T00:00:00Z', to: 'lee@example.com' },
    )
    const types = async (query: object): Promise<string[]> =>
      (await bouncy.events(query)).items.map((event) => event.type)
    expect(await types({})).toEqual(['bounce', 'delivery', 'delivery'])
    expect(await types({ recipient: 'KIM@example.com' })).toEqual(['bounce', 'delivery'])
    expect(await types({ recipient: 'nobody' })).toEqual([])
    expect(await types({ type: 'delivery', messageId: 'm1' })).toEqual(['delivery'])
    expect(await types({ provider: 'other' })).toEqual([])
  })
})
