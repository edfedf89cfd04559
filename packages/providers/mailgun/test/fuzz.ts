import { createHmac } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  distort,
  type FuzzPost,
  type FuzzSubject,
  type FuzzTarget,
  mutants,
  postTo,
  type Random,
  readObject,
} from '@bouncy/config/fuzz'
import { mailgun } from '@bouncy/mailgun'
import { createMailgunSigner, type MailgunSigner, mailgunSamples } from '@bouncy/mailgun/testing'

const NOW = Date.parse('2026-11-22T10:00:00.000Z')
const FREE = { freeForm: ['user-variables'] }

/** One webhook with two keys. */
export const target: FuzzTarget = {
  /** All genuine posts come first: from then on their tokens are spent, and prove nothing else. */
  mutations: (random) => {
    const { keys, genuine, foreign } = makeWorld(random)
    const spent = new Map(genuine.map((post) => [signatureOf(post)?.token, eventOf(post)]))
    return {
      ...subjectOf(keys),
      *cases(batch) {
        for (const post of genuine) yield { name: 'genuine', post, must: 'accept' }
        const size = batch.size - genuine.length
        yield* mutants({ genuine, foreign, tokens: TOKENS }, { ...batch, size })
      },
      objection: (post) =>
        objection(post, keys) ??
        (isDeepStrictEqual(spent.get(signatureOf(post)?.token), eventOf(post))
          ? undefined
          : 'its token was spent on another event'),
    }
  },
  /** Each event has a token of its own, so that all that can be distorted is read. */
  signed: (random) => {
    const { keys, signers } = makeWorld(random)
    return {
      ...subjectOf(keys),
      *cases(batch) {
        const signer = batch.random('signer').of(signers)
        for (let index = 0; index < batch.size; index += 1) {
          const own = batch.random(index)
          let event = own.of(EVENTS)
          for (let left = 1 + own.below(4); left > 0; left -= 1) event = distort(event, own, TOKENS)
          yield { name: 'signed', post: postTo('mailgun', signer.post(event)) }
        }
      },
      objection: (post) => objection(post, keys),
    }
  },
}

function subjectOf(signingKeys: readonly string[]): Pick<FuzzSubject, 'now' | 'providers'> {
  return { now: NOW, providers: ({ now }) => [mailgun({ signingKeys, now })] }
}

function makeWorld(random: Random) {
  const newKey = (): string => Buffer.from(random.bytes(16)).toString('hex')
  const token = (): string => Buffer.from(random.bytes(25)).toString('hex')
  const signerOf = (signingKey: string, at = NOW, parentKey?: string): MailgunSigner =>
    createMailgunSigner({
      signingKey,
      token,
      now: () => at,
      ...(parentKey === undefined ? {} : { parentKey }),
    })
  const posts = (signer: MailgunSigner): readonly FuzzPost[] =>
    EVENTS.map((event) => postTo('mailgun', signer.post(event)))
  const [one = '', other = ''] = [newKey(), newKey()]
  const signers = [signerOf(one), signerOf(other), signerOf(newKey(), NOW, one)]
  return {
    keys: [one, other],
    signers,
    genuine: signers.flatMap(posts),
    foreign: [
      ...posts(signerOf(one, NOW - 43_201_000)).slice(0, 3),
      ...posts(signerOf(one, NOW + 301_000)).slice(0, 3),
      ...posts(signerOf(newKey(), NOW, newKey())).slice(0, 3),
      postTo('mailgun', signerOf(one).form({ event: 'bounced', recipient: 'kim@example.com' })),
    ],
  }
}

/** Whoever knows a key may post any event with a token that is new. */
function objection(post: FuzzPost, keys: readonly string[]): string | undefined {
  const signature = signatureOf(post)
  if (signature === undefined) return 'the body has to be refused'
  const { timestamp, token } = signature
  const right = keys.map((key) => createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex'))
  if (!right.some((one) => [signature.signature, signature['parent-signature']].includes(one)))
    return 'nobody signed it'
  const age = NOW - Number(timestamp) * 1000
  return age <= 43_200_000 && age >= -300_000 ? undefined : 'it was signed at another time'
}

function signatureOf({ body }: FuzzPost): Partial<Record<string, unknown>> | undefined {
  const { signature } = readObject(body, FREE) ?? {}
  return typeof signature === 'object' && signature !== null ? { ...signature } : undefined
}

/** As JSON has it, which does not tell 0 and -0 apart. */
const eventOf = ({ body }: FuzzPost): unknown =>
  JSON.parse(JSON.stringify(readObject(body, FREE)?.['event-data'] ?? null))

const { delivered, permanentFail, rejected, temporaryFail, unsubscribed } = mailgunSamples
const SAMPLES = Object.values(mailgunSamples).map((sample) => sample())
const WORDS = ['generic', 'espblock', 'blacklisted', 'greylisted', 'old', 'suppress-bounce', 'of-tomorrow']

const EVENTS: readonly string[] = [
  ...SAMPLES,
  ...WORDS.map((word) => permanentFail(word)),
  temporaryFail('old', { 'delivery-status': null }),
  permanentFail('generic', { 'delivery-status': { code: '5.1.1', 'bounce-code': '5.0.0', message: [] } }),
  rejected({ message: { headers: { to: '"Kim, Dr." <kim@example.com>, lee@example.net' } } }),
  unsubscribed({ tags: [], 'mailing-list': { address: 'news@mg.example.org' } }),
  delivered({ 'user-variables': { a: 1, b: { c: [null] } }, timestamp: 1_772_616_900.1529999 }),
  delivered({ 'user-variables': [], recipient: 'Kim <kim@example.com>', message: { headers: {} } }),
  {},
].map((event) => JSON.stringify(event))

const TOKENS = [
  ...SAMPLES.map(({ event }) => String(event)),
  ...WORDS,
  'event-data',
  'signature',
  'parent-signature',
  'recipient',
  'delivery-status',
  'permanent',
  'temporary',
  '1772616900.1529999',
  '605',
  '5.1.1',
  '*',
  '"a, b" <kim@example.com>',
  String(NOW / 1000),
  '0'.repeat(64),
]
