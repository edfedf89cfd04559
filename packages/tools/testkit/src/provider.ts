import {
  addressKey,
  createBouncy,
  isWebhookError,
  type MailEvent,
  memoryStore,
  type Parsed,
  type Provider,
  type WebhookErrorCode,
} from '@bouncy/core'
import { expect } from 'vitest'
import { type KitCase, register } from './case.ts'
import { hostileBodies } from './hostile.ts'
import { type Post, toWebhookRequest } from './post.ts'

/** What a provider really posts, and the events that it means. */
export interface GenuineCase {
  readonly name: string
  readonly post: () => Post | Promise<Post>
  /** One entry an event, in order: the members that must match. */
  readonly events: readonly Partial<MailEvent>[]
  /** How many payloads are kept unread. @default 0 */
  readonly quarantined?: number
  /** Codes of the notices to the operator. @default none */
  readonly notices?: readonly string[]
}

/** What somebody else posts, or a mistake of the sender's. */
export interface ForgedCase {
  readonly name: string
  readonly post: () => Post | Promise<Post>
  /** Where the request comes from. @default '127.0.0.1' */
  readonly remoteAddress?: string
  readonly code: WebhookErrorCode
}

/** Options that must be refused as the provider is constructed. */
export interface MisconfiguredCase {
  readonly name: string
  readonly make: () => unknown
  /** Names the key and the remedy. */
  readonly message: RegExp
}

/** A provider, and what it is to be tried with. */
export interface ProviderCases {
  /** A fresh provider, for each test. */
  readonly provider: () => Provider
  readonly genuine: readonly GenuineCase[]
  readonly forged: readonly ForgedCase[]
  readonly misconfigured: readonly MisconfiguredCase[]
}

/**
 * The definition of a provider, as a vitest suite: genuine posts become exactly these events, forged ones are refused
 * with this reason, and no body whatsoever makes it throw anything but a `WebhookError`.
 *
 * @example
 * testProvider('acme', { provider: () => acme({ secret }), genuine: [...], forged: [...], misconfigured: [...] })
 */
export function testProvider(name: string, cases: ProviderCases): void {
  register(`provider ${name}`, providerCases(cases))
}

/** The kit as a list. */
export function providerCases(cases: ProviderCases): readonly KitCase[] {
  return [
    ...cases.genuine.flatMap((genuine) => [
      { group: 'reads what is genuine', name: genuine.name, run: () => readsGenuine(cases, genuine) },
      { group: 'stores it once', name: genuine.name, run: () => storesOnce(cases, genuine) },
    ]),
    ...cases.forged.map((forged) => ({
      group: 'refuses what is not',
      name: forged.name,
      run: () => refuses(cases, forged),
    })),
    {
      group: 'refuses what is not',
      name: 'hostile bodies of every kind',
      run: () => survivesHostility(cases),
    },
    ...cases.misconfigured.map(({ name, make, message }) => ({
      group: 'refuses to be constructed',
      name,
      run: () => {
        expect(make).toThrow(TypeError)
        expect(make).toThrow(message)
        expect(make).toThrow(/^\[[\w@/-]+\] /)
      },
    })),
  ]
}

async function readsGenuine(cases: ProviderCases, genuine: GenuineCase): Promise<void> {
  const provider = cases.provider()
  const post = await genuine.post()
  const parsed = await read(provider, post)
  expect(parsed.events.map((event) => event.type)).toEqual(genuine.events.map((event) => event.type))
  for (const [index, event] of genuine.events.entries()) expect(parsed.events[index]).toMatchObject(event)
  expect(parsed.quarantined ?? []).toHaveLength(genuine.quarantined ?? 0)
  expect((parsed.notices ?? []).map((notice) => notice.code)).toEqual(genuine.notices ?? [])
  for (const event of parsed.events) checkEvent(provider, event)
  const ids = parsed.events.map((event) => event.id)
  expect(new Set(ids).size, 'no id twice').toBe(ids.length)
  const again = await read(cases.provider(), post)
  expect(
    again.events.map((event) => event.id),
    'the same ids at a redelivery',
  ).toEqual(ids)
}

async function storesOnce(cases: ProviderCases, genuine: GenuineCase): Promise<void> {
  const provider = cases.provider()
  const bouncy = createBouncy({ providers: [provider], store: memoryStore() })
  const post = await genuine.post()
  for (const _ of [1, 2]) {
    const reply = await bouncy.receive(provider.name, toWebhookRequest(post))
    expect(reply.status).toBe(200)
  }
  expect((await bouncy.events({ limit: 1000 })).items).toHaveLength(genuine.events.length)
  expect((await bouncy.quarantined()).items).toHaveLength(genuine.quarantined ?? 0)
}

async function refuses(cases: ProviderCases, forged: ForgedCase): Promise<void> {
  const { remoteAddress = '127.0.0.1' } = forged
  const request = toWebhookRequest(await forged.post(), { remoteAddress })
  const error = await outcomeOf(() => verify(cases.provider(), request))
  expect(error).toMatchObject({ name: 'WebhookError', code: forged.code })
  expect(error).toMatchObject({ message: expect.stringMatching(/^\[[\w@/-]+\] .{5,400}$/) })
}

/** Whatever the body, a provider throws nothing but a refusal, and never finds the fault with itself. */
async function survivesHostility(cases: ProviderCases): Promise<void> {
  const provider = cases.provider()
  const [first] = cases.genuine
  if (first === undefined) throw new Error('testProvider: give at least one genuine case')
  const post = await first.post()
  for (const { name, body } of hostileBodies(toWebhookRequest(post).body)) {
    const outcome = await outcomeOf(() => read(provider, { ...post, body }))
    if (!(outcome instanceof Error)) continue
    expect(isWebhookError(outcome), `${name}: ${outcome.name}: ${outcome.message}`).toBe(true)
    // a flipped bit can make another address of a certificate, which is not there
    const unreachable = isWebhookError(outcome) && outcome.code === 'certificate-unreachable'
    if (isWebhookError(outcome) && !unreachable) expect(outcome.status, name).toBeLessThan(500)
  }
}

async function outcomeOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    return error
  }
}

async function verify(provider: Provider, request: ReturnType<typeof toWebhookRequest>): Promise<unknown> {
  return provider.verify(request)
}

async function read(provider: Provider, post: Post): Promise<Parsed> {
  const payload = await verify(provider, toWebhookRequest(post))
  const handshake = await provider.handshake?.(payload)
  return handshake === undefined ? provider.parse(payload) : { events: [] }
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

function checkEvent(provider: Provider, event: MailEvent): void {
  expect(event.provider).toBe(provider.name)
  expect(event.id.startsWith(`${provider.name}_`)).toBe(true)
  const [local = ''] = event.recipient.split('@')
  if (local.length > 2) expect(event.id).not.toContain(local)
  expect(addressKey(event.recipient), 'the recipient is a bare address').toBeDefined()
  expect(event.recipient).not.toMatch(/[<>]/)
  if (event.timestampFrom === undefined) expect(event.timestamp).toMatch(ISO)
  for (const time of [event.message?.sentAt, 'arrivedAt' in event ? event.arrivedAt : undefined]) {
    if (time !== undefined) expect(time).toMatch(ISO)
  }
  expect(JSON.parse(JSON.stringify(event)), 'plain JSON without undefined').toStrictEqual(event)
}
