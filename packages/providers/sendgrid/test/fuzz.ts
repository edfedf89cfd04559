import { createECDH, createPrivateKey, type KeyObject, sign } from 'node:crypto'
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
import { sendgrid } from '@bouncy/sendgrid'
import { createSendgridSigner, sendgridSamples } from '@bouncy/sendgrid/testing'
import { DROP_REASONS } from '../src/mapping.ts'

const NOW = Date.parse('2026-11-22T10:00:00.000Z')
const SIGNATURE = 'x-twilio-email-event-webhook-signature'
const TIMESTAMP = 'x-twilio-email-event-webhook-timestamp'

/** One webhook with two keys. A seed repeats keys and bodies; a signature of ECDSA is another one each time. */
export const target: FuzzTarget = {
  /** Whatever is changed, only what was signed may be accepted. */
  mutations: (random) => {
    const { keys, genuine, foreign } = makeWorld(random)
    const signed = new Set(genuine.map(signedBy))
    return {
      ...subjectOf(keys),
      cases: (batch) => mutants({ genuine, foreign, tokens: TOKENS }, batch),
      objection: (post) => (signed.has(signedBy(post)) ? objection(post) : 'nobody signed it'),
    }
  },
  /** The body is signed after it was changed, so that all of it is read. */
  signed: (random) => {
    const { keys, genuine } = makeWorld(random)
    return {
      ...subjectOf(keys),
      *cases(batch) {
        const key = batch.random('key').of(keys)
        for (const one of mutants({ genuine, tokens: TOKENS }, batch)) yield resign(one, key)
      },
      objection,
    }
  },
}

function subjectOf(keys: readonly KeyObject[]): Pick<FuzzSubject, 'now' | 'providers'> {
  const publicKeys = keys.map((key) => createSendgridSigner({ key }).publicKey)
  return { now: NOW, providers: ({ now }) => [sendgrid({ publicKeys, now })] }
}

function makeWorld(random: Random) {
  const keys = [privateKey(random), privateKey(random)]
  const posts = (key: KeyObject, now: number): readonly FuzzPost[] => {
    const { post } = createSendgridSigner({ key, now: () => now })
    return BODIES.map((body) => postTo('sendgrid', post(body)))
  }
  return {
    keys,
    genuine: keys.flatMap((key) => posts(key, NOW)),
    foreign: keys.flatMap((key) => [
      ...posts(key, NOW - 26 * 3_600_000).slice(0, 2),
      ...posts(key, NOW + 301_000).slice(0, 2),
      ...posts(privateKey(random), NOW).slice(0, 2),
    ]),
  }
}

/** Whoever holds a key may post any array. */
function objection({ body }: FuzzPost): string | undefined {
  const wrapped = Buffer.concat([Buffer.from('{"elements":'), body, Buffer.from('}')])
  const sound = isArray(body) && readObject(wrapped, { maxDepth: 65 }) !== undefined
  return sound ? undefined : 'the body has to be refused'
}

function isArray(body: Uint8Array): boolean {
  try {
    return Array.isArray(JSON.parse(Buffer.from(body).toString('utf8')))
  } catch {
    return false
  }
}

const signedBy = (post: FuzzPost): string =>
  `${headerOf(post, TIMESTAMP)} ${Buffer.from(post.body).toString('hex')}`

function resign({ name, post }: FuzzCase, key: KeyObject): FuzzCase {
  const timestamp = String(NOW / 1000)
  const signature = sign('sha256', Buffer.concat([Buffer.from(timestamp), post.body]), key).toString('base64')
  const others = post.headers.filter(([header]) => ![SIGNATURE, TIMESTAMP].includes(header.toLowerCase()))
  return { name, post: { ...post, headers: [...others, [SIGNATURE, signature], [TIMESTAMP, timestamp]] } }
}

/** The same for the same choices. It protects nothing: whoever knows the seed knows the key. */
function privateKey(random: Random): KeyObject {
  const ecdh = createECDH('prime256v1')
  // below the order of the curve, which begins with 32 ones
  ecdh.setPrivateKey(Buffer.from([0x7f, ...random.bytes(31)]))
  const [d, point] = [ecdh.getPrivateKey('base64url'), ecdh.getPublicKey()]
  const [x, y] = [point.toString('base64url', 1, 33), point.toString('base64url', 33)]
  return createPrivateKey({ key: { kty: 'EC', crv: 'P-256', d, x, y }, format: 'jwk' })
}

const SAMPLES = Object.values(sendgridSamples).map((sample) => sample())
const { bounce, dropped, groupUnsubscribe } = sendgridSamples

const BODIES: readonly (readonly unknown[] | string)[] = [
  ...SAMPLES.map((sample) => [sample]),
  SAMPLES,
  [bounce({ type: undefined }), bounce({ type: 'tomorrow' }), bounce({ timestamp: '1772616927.5' })],
  ['Invalid', 'Spam Content', 'A reason of tomorrow'].map((reason) => dropped(reason)),
  [groupUnsubscribe({ asm_group_id: 'x' }), groupUnsubscribe({ asm_group_id: undefined }), null, 1, 'a', []],
  [],
  ' [ ]\r\n',
]

const TOKENS = [
  ...SAMPLES.flatMap((sample) => Object.keys(sample)),
  ...SAMPLES.map(({ event }) => String(event)),
  ...DROP_REASONS.map(([words]) => words.source),
  'Invalid Address',
  'Reputation',
  '550 5.1.1 unknown',
  'group:1234',
  String(NOW / 1000),
  '1e400',
]
