import { createHmac } from 'node:crypto'
import {
  type FuzzCase,
  type FuzzPost,
  type FuzzSubject,
  type FuzzTarget,
  headerOf,
  mutants,
  postTo,
  type Random,
  readObject,
} from '@bouncy/config/fuzz'
import { resend } from '@bouncy/resend'
import { createResendSigner, resendSamples } from '@bouncy/resend/testing'
import { BOUNCE_TYPES } from '../src/mapping.ts'

const NOW = Date.parse('2026-11-22T10:00:00.000Z')

/** One webhook with two secrets. */
export const target: FuzzTarget = {
  /** Whatever is changed, only what was signed may be accepted. */
  mutations: (random) => {
    const { secrets, genuine, foreign } = makeWorld(random)
    const signed = new Set(genuine.map(signedBy))
    return {
      ...subjectOf(secrets),
      cases: (batch) => mutants({ genuine, foreign, tokens: TOKENS }, batch),
      objection: (post) => (signed.has(signedBy(post)) ? objection(post) : 'nobody signed it'),
    }
  },
  /** The body is signed after it was changed, so that all of it is read. */
  signed: (random) => {
    const { secrets, genuine } = makeWorld(random)
    return {
      ...subjectOf(secrets),
      *cases(batch) {
        const secret = batch.random('secret').of(secrets)
        for (const one of mutants({ genuine, tokens: TOKENS }, batch)) yield resign(one, secret)
      },
      objection,
    }
  },
}

function subjectOf(secrets: readonly string[]): Pick<FuzzSubject, 'now' | 'providers'> {
  return { now: NOW, providers: ({ now }) => [resend({ secrets, now })] }
}

function makeWorld(random: Random) {
  const newSecret = (): string => `whsec_${Buffer.from(random.bytes(24)).toString('base64')}`
  const secrets = [newSecret(), newSecret()]
  const posts = (signing: readonly string[], now: number): readonly FuzzPost[] => {
    const { post } = createResendSigner({ secrets: signing, now: () => now })
    return BODIES.map((body) => postTo('resend', post(body)))
  }
  const byBoth = posts(secrets, NOW)
  return {
    secrets,
    genuine: [...secrets.flatMap((secret) => posts([secret], NOW)), ...byBoth, ...byBoth.map(asStandard)],
    foreign: [
      ...posts(secrets, NOW - 301_000).slice(0, 2),
      ...posts(secrets, NOW + 301_000).slice(0, 2),
      ...posts([newSecret()], NOW).slice(0, 2),
    ],
  }
}

/** Whoever knows a secret may post any object. */
function objection({ body }: FuzzPost): string | undefined {
  const sound = readObject(body, { freeForm: ['tags'] }) !== undefined
  return sound ? undefined : 'the body has to be refused'
}

/** With the headers of Standard Webhooks. */
function asStandard(post: FuzzPost): FuzzPost {
  return { ...post, headers: post.headers.map(([name, value]) => [name.replace('svix-', 'webhook-'), value]) }
}

function signedBy(post: FuzzPost): string {
  const sender = headerOf(post, 'svix-id') === undefined ? 'webhook' : 'svix'
  const [id, timestamp] = ['id', 'timestamp'].map((part) => headerOf(post, `${sender}-${part}`))
  return `${id} ${timestamp} ${Buffer.from(post.body).toString('hex')}`
}

function resign({ name, post }: FuzzCase, secret: string): FuzzCase {
  const [id, timestamp] = ['msg_fuzz', String(NOW / 1000)]
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(post.body).digest('base64')
  const headers: FuzzPost['headers'] = [
    ...post.headers.filter(([header]) => !/^(svix|webhook)-/i.test(header)),
    ['svix-id', id],
    ['svix-timestamp', timestamp],
    ['svix-signature', `v1,${signature}`],
  ]
  return { name, post: { ...post, headers } }
}

const { bounced, complained, delivered, suppressionAdded } = resendSamples
const SAMPLES = Object.values(resendSamples).map((sample) => sample())

const BODIES: readonly (object | string)[] = [
  ...SAMPLES,
  ...[...BOUNCE_TYPES.keys()].map((type) => bounced(`${type}/General`)),
  bounced('Permanent/Suppressed', { to: ['Kim <kim@example.com>', 'lee@example.net', 7] }),
  bounced('', { bounce: { type: 'Permanent', diagnosticCode: ['smtp; 550 5.1.1 unknown', null] } }),
  complained({ to: ['kim@example.com', 'lee@example.net'] }),
  delivered({ tags: [{ name: 'a', value: 'b' }, null], to: 'kim@example.com' }),
  suppressionAdded({ origin: 'bounce' }),
  suppressionAdded({ origin: 'complaint' }),
  { type: 'email.tomorrow' },
  ' { }\r\n',
]

const TOKENS = [
  ...SAMPLES.map(({ type }) => type),
  'to',
  'tags',
  'created_at',
  'email_id',
  'diagnosticCode',
  'Kim <kim@example.com>',
  '<',
  '2026-01-09 14:17:29.059104+00',
  `v1,${'A'.repeat(43)}=`,
  String(NOW / 1000),
]
