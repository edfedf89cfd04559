import { generateKeyPairSync } from 'node:crypto'
import { sendgrid } from '@bouncy/sendgrid'
import { type SendgridPost, sendgridSamples } from '@bouncy/sendgrid/testing'
import { testProvider } from '@bouncy/testkit'
import { fixtures } from './fixtures.ts'
import { NOW, provider, signer, signerAt } from './read.ts'

const SIGNATURE = 'x-twilio-email-event-webhook-signature'
const TIMESTAMP = 'x-twilio-email-event-webhook-timestamp'
const hard = [sendgridSamples.bounce()]
const right = signer.post(hard).headers[SIGNATURE] ?? ''

testProvider('sendgrid', {
  provider,
  genuine: fixtures.map(({ name, post, events, quarantined, notices = [] }) => ({
    name,
    post: () => signer.post(post),
    // what has no time gets it when it is received
    events: events.map(({ timestamp, ...event }) => (timestamp === '' ? event : { ...event, timestamp })),
    quarantined: quarantined.length,
    notices,
  })),
  forged: [
    ...forgeries({
      'another body': { body: '[]' },
      'a blank more': { body: `${signer.post(hard).body} ` },
      'without the line end': { body: signer.post(hard).body.trimEnd() },
      'JSON that was read and written': { body: JSON.stringify(hard) },
      'signed with another key': signerAt(NOW).post(hard),
      'the signature of another post': { headers: signer.post([]).headers },
      'no headers': { headers: {} },
      'no signature': header(SIGNATURE, undefined),
      'no timestamp': header(TIMESTAMP, undefined),
      'another timestamp': header(TIMESTAMP, String(NOW / 1000 - 1)),
      'a timestamp in words': header(TIMESTAMP, 'today'),
      'a timestamp and more': header(TIMESTAMP, `${NOW / 1000}.0`),
      'an empty signature': header(SIGNATURE, ''),
      'half a signature': header(SIGNATURE, right.slice(0, 48)),
      'the signature twice': header(SIGNATURE, `${right}, ${right}`),
      'the signature with a blank in it': header(SIGNATURE, `${right.slice(0, 8)} ${right.slice(8)}`),
      'the signature and more': header(SIGNATURE, `${right}!`),
      'the signature in hexadecimal digits': header(SIGNATURE, Buffer.from(right, 'base64').toString('hex')),
      'a signature of zeros': header(SIGNATURE, 'MAYCAQACAQA='),
    }),
    { name: 'signed too long ago', post: () => signerAt(NOW - 26 * 3_600_000).post(hard), code: 'too-old' },
    { name: 'signed in the future', post: () => signerAt(NOW + 360_000).post(hard), code: 'from-the-future' },
    { name: 'an object', post: () => signer.post('{"event":"open"}'), code: 'body-malformed' },
    { name: 'half an array', post: () => signer.post('[{"event":"open"},'), code: 'body-malformed' },
    {
      name: 'a key twice',
      post: () => signer.post('[{"event":"open","event":"bounce"}]'),
      code: 'body-malformed',
    },
  ],
  misconfigured: [
    ...Object.entries(noKeys()).map(([name, publicKeys]) => ({
      name,
      make: () => sendgrid({ publicKeys: publicKeys as string[] }),
      message: /^\[bouncy\/sendgrid] publicKeys(\.0)?: give /,
    })),
    { name: 'no options', make: () => sendgrid(undefined as never), message: /publicKeys/ },
    {
      name: 'the second key',
      make: make({ publicKeys: [signer.publicKey, 'key'] }),
      message: /publicKeys\.1: give a P-256/,
    },
    {
      name: 'an unknown option',
      make: make({ secret: 'x' }),
      message: /there are publicKeys, name, toleranceMs and now/,
    },
    {
      name: 'a tolerance that outlasts what stores remember',
      make: make({ toleranceMs: 30 * 86_400_000 + 1 }),
      message: /toleranceMs: .*no more than 30 days/,
    },
    {
      name: 'no tolerance at all',
      make: make({ toleranceMs: 0 }),
      message: /toleranceMs: give a number of milliseconds/,
    },
    {
      name: 'an endless tolerance',
      make: make({ toleranceMs: Number.POSITIVE_INFINITY }),
      message: /toleranceMs: give/,
    },
    { name: 'a time for a clock', make: make({ now: NOW }), message: /now: give a function/ },
    {
      name: 'a name that is no segment',
      make: make({ name: 'a/b' }),
      message: /name: use lower-case letters/,
    },
  ],
})

function make(options: object): () => unknown {
  return () => sendgrid({ publicKeys: [signer.publicKey], ...options } as never)
}

function header(name: string, value: string | undefined): Partial<SendgridPost> {
  const { [name]: _, ...headers } = signer.post(hard).headers
  return {
    headers:
      value === undefined
        ? headers
        : { ...headers, [TIMESTAMP]: `${NOW / 1000}`, [SIGNATURE]: right, [name]: value },
  }
}

function forgeries(changes: Readonly<Record<string, Partial<SendgridPost>>>) {
  return Object.entries(changes).map(([name, change]) => ({
    name,
    post: () => ({ ...signer.post(hard), ...change }),
    code: 'signature-wrong' as const,
  }))
}

function noKeys(): Readonly<Record<string, unknown>> {
  const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const p384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' })
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const spki = ({ publicKey }: typeof rsa): string =>
    publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
  return {
    'no list': signer.publicKey,
    'an empty list': [],
    'an unset variable': [undefined],
    'a variable that was unset': ['undefined'],
    'an empty key': [''],
    'a blank key': ['  '],
    'half a key': [signer.publicKey.slice(0, 64)],
    'a key in hexadecimal digits': [Buffer.from(signer.publicKey, 'base64').toString('hex')],
    'a private key': [p256.privateKey.export({ format: 'pem', type: 'pkcs8' })],
    'a key of another curve': [spki(p384)],
    'an RSA key': [spki(rsa)],
  }
}
