import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Complaint, type Provider, WebhookError } from '@bouncy/core'
import { eventId, eventTime, readJson } from '@bouncy/core/provider'
import { testProvider } from '@bouncy/testkit'
import { describe, expect, it } from 'vitest'
import { failures } from '../src/case.ts'
import { type ProviderCases, providerCases } from '../src/provider.ts'

const sign = (body: string | Uint8Array): string => createHmac('sha256', 'secret').update(body).digest('hex')
const body = '{"complaints":[{"to":"kim.lee@example.com","at":"2026-11-01T00:00:00Z"}]}'
const genuine = (text = body) => ({ method: 'POST', headers: { 'x-signature': sign(text) }, body: text })

interface Wire {
  readonly complaints?: readonly { readonly to?: string; readonly at?: string }[]
}

/** A small provider that keeps every promise; the broken ones below each break one. */
function acme(secret = 'secret'): Provider<Wire> {
  if (secret === '') throw new TypeError('[bouncy/acme] secret: give one')
  return {
    name: 'acme',
    verify(request) {
      const given = Buffer.from(request.header('x-signature') ?? '')
      const due = Buffer.from(createHmac('sha256', secret).update(request.body).digest('hex'))
      if (given.length !== due.length || !timingSafeEqual(given, due)) {
        throw new WebhookError('signature-wrong', '[bouncy/acme] the signature does not fit the body')
      }
      const payload = readJson(request.body)
      if (typeof payload !== 'object' || payload === null)
        throw new WebhookError('body-malformed', '[bouncy/acme] not an object')
      return payload as Wire
    },
    parse: ({ complaints = [] }) => ({
      events: complaints.map(({ to = '', at }) => complaint(to, at)),
    }),
  }
}

const complaint = (recipient: string, at?: string): Complaint => ({
  type: 'complaint',
  id: eventId('acme', recipient, 'complaint', String(at)),
  provider: 'acme',
  recipient,
  ...eventTime(at),
  feedbackType: 'abuse',
  certain: true,
  tags: [],
  metadata: {},
  raw: {},
})

const cases = (overrides: Partial<Provider> = {}, more: Partial<ProviderCases> = {}): ProviderCases => ({
  provider: () => ({ ...acme(), ...overrides }),
  genuine: [
    { name: 'a complaint', post: genuine, events: [{ type: 'complaint', recipient: 'kim.lee@example.com' }] },
  ],
  forged: [
    { name: 'another body', post: () => ({ ...genuine(), body: `${body} ` }), code: 'signature-wrong' },
    { name: 'no signature', post: () => ({ ...genuine(), headers: {} }), code: 'signature-wrong' },
    { name: 'text', post: () => genuine('"text"'), code: 'body-malformed' },
  ],
  misconfigured: [{ name: 'an empty secret', make: () => acme(''), message: /secret/ }],
  ...more,
})

testProvider('acme', cases())

describe('testProvider finds', () => {
  const parseAs = (change: (event: Complaint) => object) => ({
    parse: (payload: Wire) => ({
      events: (payload.complaints ?? []).map(({ to = '', at }) => change(complaint(to, at)) as Complaint),
    }),
  })

  it.each<[string, ProviderCases, RegExp]>([
    ['a signature that is not looked at', cases({ verify: ({ body }) => readJson(body) }), /another body/],
    [
      'a refusal for the wrong reason',
      cases({
        verify: () => {
          throw new WebhookError('too-old', '[bouncy/acme] refused')
        },
      }),
      /no signature/,
    ],
    [
      'an error that is no refusal',
      cases({ verify: ({ body }) => JSON.parse(new TextDecoder().decode(body)) }),
      /hostile/,
    ],
    [
      'an event too many',
      cases({ parse: () => ({ events: [complaint('a@example.com'), complaint('b@example.com')] }) }),
      /a complaint/,
    ],
    ['an event lost', cases({ parse: () => ({ events: [] }) }), /a complaint/],
    [
      'ids that change',
      cases(parseAs((event) => ({ ...event, id: `acme_${Math.random()}` }))),
      /stores it once/,
    ],
    [
      'ids that hold the address',
      cases(parseAs((event) => ({ ...event, id: `acme_${event.recipient}` }))),
      /reads/,
    ],
    ['ids of another account', cases(parseAs((event) => ({ ...event, id: 'other_1' }))), /reads/],
    [
      'a display name left on',
      cases(parseAs((event) => ({ ...event, recipient: `Kim <${event.recipient}>` }))),
      /reads/,
    ],
    [
      'a time that is not ISO in UTC',
      cases(parseAs((event) => ({ ...event, timestamp: '2026-11-01 00:00' }))),
      /reads/,
    ],
    ['members that JSON loses', cases(parseAs((event) => ({ ...event, messageId: undefined }))), /reads/],
    [
      'a parser that throws',
      cases({
        parse: () => {
          throw new Error('boom')
        },
      }),
      /a complaint/,
    ],
    [
      'configuration let through',
      cases({}, { misconfigured: [{ name: 'no list', make: () => acme(), message: /x/ }] }),
      /no list/,
    ],
  ])('%s', async (_, broken, caught) => {
    expect((await failures(providerCases(broken))).join('\n')).toMatch(caught)
  })

  it('nothing wrong with one that is right', async () => {
    expect(await failures(providerCases(cases()))).toEqual([])
  })
})
