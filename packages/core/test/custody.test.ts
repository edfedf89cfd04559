import {
  type Bouncy,
  composePolicy,
  createBouncy,
  graduatedComplaints,
  memoryStore,
  type Store,
  suppressionPolicy,
} from '@bouncy/core'
import { describe, expect, it } from 'vitest'
import { keepingLogger, post, type ToyEvent, toy } from './toy.ts'

const DAY = 86_400_000
const START = Date.parse('2026-11-22T12:00:00Z')
const old = { id: '2025', secret: 'an old pepper of more than 32 characters' }
const fresh = { id: '2026', secret: 'a new pepper of more than 32 characters!' }
const to = 'kim.lee@example.com'

const setUp = (options: object = {}): { bouncy: Bouncy; store: Store; later(ms: number): void } => {
  let at = START
  const store = memoryStore()
  const bouncy = createBouncy({
    providers: [toy()],
    store,
    now: () => at,
    logger: keepingLogger(),
    peppers: [fresh],
    ...options,
  })
  const later = (ms: number): void => {
    at += ms
  }
  return { bouncy, store, later }
}
const send = async (bouncy: Bouncy, ...events: ToyEvent[]): Promise<void> => {
  expect((await bouncy.receive('toy', post(events))).status).toBe(200)
}
const everything = async (bouncy: Bouncy): Promise<string> =>
  JSON.stringify([
    await bouncy.events(),
    await bouncy.suppressions(),
    await bouncy.quarantined(),
    await bouncy.audit(),
  ]).toLowerCase()

describe('erase', () => {
  const details = {
    diagnostic: '550 <KIM.LEE@example.com> unknown',
    raw: { to },
    tags: ['a', to],
    metadata: { to, x: '1' },
  }

  it('leaves no plaintext, and the address stays suppressed', async () => {
    const { bouncy } = setUp()
    await send(
      bouncy,
      { type: 'bounce', to: 'Kim.Lee@example.com', more: details },
      { type: 'bounce', to: 'max@example.com', more: details },
      { type: 'riddle', to },
    )
    await bouncy.suppress({ address: to, reason: 'manual', note: `asked by ${to}` })
    expect(await everything(bouncy)).toContain('kim.lee')
    await bouncy.erase('Kim Lee <KIM.LEE@example.com>')
    expect(await everything(bouncy)).not.toContain('kim.lee')
    expect(await bouncy.isSuppressed(to)).toBe(true)
    expect((await bouncy.filterRecipients([to])).suppressed).toMatchObject([
      { address: to, reason: 'bounce' },
    ])
    expect((await bouncy.events({ recipient: 'max@example.com' })).items).toMatchObject([
      { recipient: 'max@example.com', tags: ['a'], metadata: { x: '1' }, raw: null },
    ])
    await send(bouncy, { type: 'bounce', to: 'Kim.Lee@example.com', more: details })
    expect(await everything(bouncy)).not.toContain('kim.lee')
  })

  it('finds every spelling of a domain and of a name: as letters, as xn--, composed or not', async () => {
    const { bouncy } = setUp()
    const spelt = ['zoë@bücher.example', 'Zoë@BÜCHER.example', 'zoe\u0308@xn--bcher-kva.example']
    for (const raw of spelt) await send(bouncy, { type: 'bounce', to: 'max@example.com', more: { raw } })
    for (const to of spelt) await send(bouncy, { type: 'riddle', to })
    await bouncy.erase('zoë@xn--bcher-kva.example')
    expect(await everything(bouncy)).not.toMatch(/b(ü|u\u0308)cher|xn--bcher/)
  })

  it('leaves nothing of what servers said, who may spell an address in ways of their own', async () => {
    const { bouncy } = setUp()
    const verp = 'bounce-kim.lee=example.com@verp.example'
    await send(
      bouncy,
      { type: 'bounce', to, more: { diagnostic: `550 ${verp}`, status: '5.1.1' } },
      { type: 'delivery', to, more: { smtpResponse: `250 ${verp}` } },
    )
    await bouncy.erase(to)
    expect(await everything(bouncy)).not.toContain('kim.lee')
    expect((await bouncy.events({ type: 'bounce' })).items).toMatchObject([{ status: '5.1.1' }])
  })

  it('finds it in the return path of its mail, and of mail that was forwarded', async () => {
    const { bouncy } = setUp()
    const verp = 'bounces+17-kim.lee=example.com@shop.example'
    const srs = 'SRS0=x1y2=ab=Example.com=Kim.Lee@relay.example'
    await send(
      bouncy,
      { type: 'bounce', to, more: { message: { from: verp } } },
      { type: 'bounce', to: 'max@example.com', key: 'verp', more: { raw: { source: verp } } },
      { type: 'bounce', to: 'max@example.com', key: 'srs', more: { raw: { source: srs } } },
      { type: 'riddle', to: verp },
      { type: 'riddle', to: encodeURIComponent(verp) },
    )
    await bouncy.erase(to)
    expect(await everything(bouncy)).not.toContain('kim.lee')
  })

  it.each([
    ['in a link', to, 'https://shop.example/?to=Kim.Lee%40example.com&x=1'],
    ['in a link, with a tag', 'kim+a@example.com', 'to=kim%2Ba%40example.com'],
    ['in a link that keeps the @', 'zoë@example.com', 'mailto:zo%C3%AB@example.com'],
    ['in JSON within a text', 'zoë@example.com', '{"to":"zo\\u00eb@example.com"}'],
    ['in JSON within a text, in capitals', 'zoë@example.com', '{"to":"ZO\\u00CB@EXAMPLE.COM"}'],
    ['in JSON within a text, outside the BMP', '💌@example.com', '{"to":"\\ud83d\\udc8c@example.com"}'],
    ['in JSON within a text, with quotes', '"a b"@example.com', '{"to":"\\"a b\\"@example.com"}'],
    ['in a link, with quotes', '"a b"@example.com', 'to=%22a%20b%22%40example.com'],
  ])('finds how an address is encoded %s', async (_, address, raw) => {
    const { bouncy } = setUp()
    await send(bouncy, { type: 'bounce', to: 'max@example.com', more: { raw } }, { type: 'riddle', to: raw })
    await bouncy.erase(address)
    expect((await bouncy.events()).items).toMatchObject([{ recipient: 'max@example.com', raw: null }])
    expect((await bouncy.quarantined()).items).toEqual([])
  })

  it('takes no capitals for those of somebody else', async () => {
    const { bouncy } = setUp()
    const raw = 'strasse@example.com, to=s%40example.com'
    await send(bouncy, { type: 'bounce', to: 'max@example.com', more: { raw } })
    await bouncy.erase('straße@example.com')
    await bouncy.erase('ſ@example.com')
    expect((await bouncy.events()).items).toMatchObject([{ raw }])
  })

  it('leaves no recipient that is no address but holds one', async () => {
    const { bouncy } = setUp()
    await send(
      bouncy,
      { type: 'bounce', to: `undisclosed (${to})` },
      { type: 'bounce', to: `x.${to}`, more: details },
    )
    await bouncy.erase(to)
    const recipients = (await bouncy.events()).items.map(({ recipient }) => recipient)
    expect(recipients.sort()).toEqual([expect.stringMatching(/^erased:2026:/), `x.${to}`])
  })

  it('keeps what was erased with an old pepper suppressed while the pepper is replaced', async () => {
    const { bouncy, store } = setUp({ peppers: [old] })
    await send(bouncy, { type: 'complaint', to })
    await bouncy.erase(to)
    const rotated = setUp({ store, peppers: [fresh, old] }).bouncy
    expect(await rotated.isSuppressed(to)).toBe(true)
    expect(await setUp({ store, peppers: [fresh] }).bouncy.isSuppressed(to)).toBe(false)
    expect(await rotated.unsuppress(to, { actor: 'kim' })).toBe(true)
    expect(await rotated.isSuppressed(to)).toBe(false)
  })

  it('refuses without a pepper, for then the address could be mailed again', async () => {
    await expect(setUp({ peppers: [] }).bouncy.erase(to)).rejects.toThrow(/peppers: give one/)
    await expect(setUp().bouncy.erase('nobody')).rejects.toThrow(/no e-mail address/)
  })

  it.each([
    [{ peppers: [{ id: 'a', secret: 'short' }] }, /peppers\.0\.secret/],
    [{ peppers: [{ id: 'a b', secret: fresh.secret }] }, /peppers\.0\.id/],
    [{ peppers: [fresh, fresh] }, /peppers: give each an id/],
    [{ retention: { eventsMs: 29 * DAY } }, /retention\.eventsMs/],
    [{ retention: { rawMs: 0 } }, /retention\.rawMs/],
    [{ retry: { attempts: 0 } }, /retry\.attempts/],
    [{ sweepEveryMs: 0 }, /sweepEveryMs/],
  ])('refuses options that make no sense: %#', (options, message) => {
    expect(() => setUp(options)).toThrow(message)
  })
})

describe('prune', () => {
  it('redacts after a week, forgets events after ninety days, and keeps suppressions', async () => {
    const { bouncy, later } = setUp()
    const more = { message: { subject: 'Secret', from: 'shop@example.com' }, raw: { ip: '192.0.2.1' } }
    await send(
      bouncy,
      { type: 'bounce', to, more },
      { type: 'riddle' },
      { type: 'delivery', to: 'a@example.com' },
    )
    await send(bouncy, {
      type: 'click',
      more: { url: 'https://example.com/x', ip: '192.0.2.1', userAgent: 'x' },
    })
    expect(await bouncy.prune()).toMatchObject({ redacted: 0, events: 0, quarantined: 0, addresses: 0 })
    later(8 * DAY)
    expect(await bouncy.prune()).toMatchObject({ redacted: 3, events: 0 })
    expect(await bouncy.prune()).toMatchObject({ redacted: 0 })
    const [click] = (await bouncy.events({ type: 'click' })).items
    for (const gone of ['url', 'ip', 'userAgent']) expect(click).not.toHaveProperty(gone)
    const [bounce] = (await bouncy.events({ type: 'bounce' })).items
    expect(bounce).toMatchObject({ recipient: to, raw: null, message: { from: 'shop@example.com' } })
    expect(bounce?.message).not.toHaveProperty('subject')
    later(90 * DAY)
    expect(await bouncy.prune()).toMatchObject({ events: 3, quarantined: 1, addresses: 1 })
    expect((await bouncy.events()).items).toEqual([])
    expect(await bouncy.isSuppressed(to)).toBe(true)
  })

  it('remembers a strike for as long as it counts', async () => {
    const policy = composePolicy(suppressionPolicy(), graduatedComplaints())
    const { bouncy, later } = setUp({ policy })
    await send(bouncy, { type: 'complaint', to, at: '2026-11-22T00:00:00Z' })
    later(200 * DAY)
    expect(await bouncy.prune()).toMatchObject({ addresses: 0 })
    await send(bouncy, { type: 'complaint', to, at: '2027-06-10T00:00:00Z' })
    const [complaint] = (await bouncy.suppressions()).items
    expect(complaint).toMatchObject({ reason: 'complaint', since: '2027-06-10T00:00:00.000Z' })
    expect(complaint).not.toHaveProperty('expiresAt')
  })
})

describe('retention without end', () => {
  it.each([Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER])('keeps everything: %d', async (ms) => {
    const { bouncy, later } = setUp({
      retention: { rawMs: ms, eventsMs: ms, quarantinedMs: ms, auditMs: ms },
    })
    await send(bouncy, { type: 'bounce', to }, { type: 'riddle' })
    later(10_000 * DAY)
    expect(await bouncy.prune()).toMatchObject({ redacted: 0, events: 0, quarantined: 0, audit: 0 })
    expect((await bouncy.events()).items).toHaveLength(1)
  })
})

describe('audit', () => {
  it('tells every change of the list, newest first, and who made it', async () => {
    const { bouncy, later } = setUp()
    await send(bouncy, { type: 'bounce', to })
    later(1000)
    await bouncy.unsuppress(to, { actor: 'max', note: 'called us' })
    later(1000)
    await bouncy.suppress({ address: to, reason: 'manual', actor: 'max' })
    await send(bouncy, { type: 'complaint', to: 'other@example.com', at: '2026-11-22T00:00:00Z' })
    const { items } = await bouncy.audit({ address: 'KIM.lee@example.com' })
    expect(items).toMatchObject([
      { change: 'suppressed', reason: 'manual', actor: 'max', at: '2026-11-22T12:00:02.000Z' },
      { change: 'lifted', reason: 'bounce', actor: 'max', note: 'called us' },
      { change: 'suppressed', reason: 'bounce', eventId: expect.stringMatching(/^toy_/) },
    ])
    expect((await bouncy.audit()).items).toHaveLength(4)
    const page = await bouncy.audit({ limit: 3 })
    expect((await bouncy.audit({ limit: 3, cursor: page.next ?? '' })).items).toEqual([items.at(-1)])
  })
})

describe('tokens', () => {
  const setUpTokens = (binding: () => string): Bouncy =>
    setUp({
      providers: [
        toy({
          parse: () => ({ events: [], tokens: [{ id: 'once', binding: binding(), until: START + DAY }] }),
        }),
      ],
    }).bouncy

  it('may come again with the same body, and with no other', async () => {
    let body = 'a'
    const bouncy = setUpTokens(() => body)
    expect((await bouncy.receive('toy', post([]))).status).toBe(200)
    expect((await bouncy.receive('toy', post([]))).status).toBe(200)
    body = 'b'
    expect((await bouncy.receive('toy', post([]))).status).toBe(406)
  })
})
