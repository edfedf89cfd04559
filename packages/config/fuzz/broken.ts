import { createHmac } from 'node:crypto'
import { type MailEvent, type Provider, WebhookError, type WebhookRequest } from '@bouncy/core'
import { eventId, readJson } from '@bouncy/core/provider'
import { mutants } from './mutate/mutants.ts'
import { readObject } from './oracle.ts'
import { headerOf, postTo } from './post.ts'
import type { FuzzPost, FuzzSubject, FuzzTarget, World } from './target.ts'

/** A provider that is sound, and others that are each broken in one way: what the fuzzer itself is tested with. */
export const target: FuzzTarget = {
  mutations: () => subjectOf(() => ({})),
  /** Accepts without looking at the signature. */
  unchecked: () => subjectOf(() => ({ verify: ({ body }) => readJson(body) })),
  /** Throws what is no refusal where the input is odd. */
  throwing: () => subjectOf(() => ({ verify: ({ body }) => JSON.parse(Buffer.from(body).toString()) })),
  /** Hands on what it is given, of whatever type. */
  misshapen: () =>
    subjectOf(() => ({ parse: (payload) => ({ events: [{ ...eventOf(payload), tags: payload.tags }] }) })),
  /** Takes long where something is missing. */
  slow: () =>
    subjectOf(() => ({
      verify(request) {
        const start = process.threadCpuUsage()
        while (request.header('x-signature') === undefined && process.threadCpuUsage(start).user < 1_100_000);
        return verify(request)
      },
    })),
  /** Never ends. */
  stuck: () =>
    subjectOf(() => ({
      verify(request) {
        while (request.header('x-signature') === undefined);
        return verify(request)
      },
    })),
  /** Ends the process. */
  exiting: () =>
    subjectOf(() => ({
      verify: (request) => (request.header('x-signature') === undefined ? process.exit(3) : verify(request)),
    })),
  /** Does not wait for what it has begun. */
  forgetful: () =>
    subjectOf(() => ({
      verify(request) {
        void Promise.resolve(request).then(verify)
        return verify(request)
      },
    })),
  /** Asks whomever the request names. */
  calling: () =>
    subjectOf(({ fetch }) => ({
      async verify(request) {
        await fetch(`https://${request.header('x-keys') ?? 'keys.example.com'}/`).catch(() => {})
        return verify(request)
      },
    })),
  /** Lets the payload into what everything inherits. */
  polluting: () =>
    subjectOf(() => ({
      parse(payload) {
        Object.assign(Object.getPrototypeOf({}), payload.tags === undefined ? { polluted: true } : {})
        return { events: [eventOf(payload)] }
      },
    })),
}

type Steps = Pick<Provider, 'verify' | 'parse'>

function subjectOf(broken: (world: World) => Partial<Steps>): FuzzSubject {
  const sound: Steps = { verify, parse: (payload) => ({ events: [eventOf(payload)] }) }
  return {
    now: Date.parse('2026-11-22T10:00:00.000Z'),
    providers: (world) => [{ name: NAME, ...sound, ...broken(world) }],
    cases: (batch) =>
      mutants({ genuine: [signed('{"email":"kim@example.com","tags":["a"]}'), signed('{}')] }, batch),
    objection,
  }
}

function objection(post: FuzzPost): string | undefined {
  if (headerOf(post, 'x-signature') !== signatureOf(post.body)) return 'nobody signed it'
  return readObject(post.body) === undefined ? 'the body has to be refused' : undefined
}

function verify(request: WebhookRequest): unknown {
  if (request.header('x-signature') !== signatureOf(request.body))
    throw new WebhookError('signature-wrong', '[bouncy/broken] somebody else made it')
  return readJson(request.body)
}

function eventOf(payload: { readonly email?: string }): MailEvent {
  const recipient = payload.email ?? 'lee@example.com'
  return {
    type: 'send',
    id: eventId(NAME, recipient),
    provider: NAME,
    recipient,
    timestamp: '2026-11-22T10:00:00.000Z',
    tags: [],
    metadata: {},
    raw: payload,
  }
}

const NAME = 'broken'

const signed = (body: string): FuzzPost =>
  postTo(NAME, { method: 'POST', headers: { 'x-signature': signatureOf(Buffer.from(body)) }, body })

const signatureOf = (body: Uint8Array): string => createHmac('sha256', 'a secret').update(body).digest('hex')
