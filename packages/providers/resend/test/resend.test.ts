import { resend } from '@bouncy/resend'
import { type ResendPost, resendSamples } from '@bouncy/resend/testing'
import { testProvider } from '@bouncy/testkit'
import { fixtures } from './fixtures.ts'
import { NOW, provider, signer, signerAt } from './read.ts'

const body = resendSamples.bounced()
const right = signer.post(body)
const signature = right.headers['svix-signature'] ?? ''

const NO_SECRETS: Readonly<Record<string, unknown>> = {
  'no list': signer.secrets[0],
  'an empty list': [],
  'an unset variable': [undefined],
  'a variable that was unset': ['undefined'],
  'an empty secret': [''],
  'only the prefix': ['whsec_'],
  'the prefix of a variable that was unset': ['whsec_undefined'],
  'a secret without its prefix': [signer.secrets[0]?.slice(6)],
  'half a secret': [signer.secrets[0]?.slice(0, 22)],
  'what is no base64': ['whsec_what-is-no-base64-but-long'],
}

testProvider('resend', {
  provider,
  genuine: fixtures.map(({ name, post, events, quarantined }) => ({
    name,
    post: () => signer.post(post),
    // what has no time gets it when it is received
    events: events.map(({ timestamp, ...event }) => (timestamp === '' ? event : { ...event, timestamp })),
    quarantined: quarantined.length,
  })),
  forged: [
    ...forgeries({
      'another body': { body: '{}' },
      'a blank more': { body: `${right.body} ` },
      'JSON that was read and written': { body: JSON.stringify(body, null, 2) },
      'signed with another secret': signerAt(NOW).post(body),
      'the headers of another post': { headers: signer.post({}).headers },
      'no headers': { headers: {} },
      'no id': header('svix-id', undefined),
      'another id': header('svix-id', 'msg_another'),
      'an id that holds the time': header('svix-id', `${right.headers['svix-id']}.${NOW / 1000}`),
      'no timestamp': header('svix-timestamp', undefined),
      'another timestamp': header('svix-timestamp', String(NOW / 1000 - 1)),
      'a timestamp in words': header('svix-timestamp', 'today'),
      'a timestamp and more': header('svix-timestamp', `${NOW / 1000}.0`),
      'no signature': header('svix-signature', undefined),
      'an empty signature': header('svix-signature', ''),
      'a signature without its version': header('svix-signature', signature.slice(3)),
      'a signature of version 2': header('svix-signature', signature.replace('v1', 'v2')),
      'half a signature': header('svix-signature', signature.slice(0, 24)),
      'the signature without its padding': header('svix-signature', signature.slice(0, -1)),
      'the signature and more': header('svix-signature', `${signature}!`),
      'the signature before a comma': header('svix-signature', `${signature},`),
      'the signature with a blank in it': header(
        'svix-signature',
        `${signature.slice(0, 9)} ${signature.slice(9)}`,
      ),
      'the signature as base64url': header('svix-signature', `v1,${'-_'.repeat(21)}A=`),
      'the signature in hexadecimal digits': header(
        'svix-signature',
        `v1,${Buffer.from(signature.slice(3), 'base64').toString('hex')}`,
      ),
    }),
    { name: 'signed too long ago', post: () => signerAt(NOW - 360_000).post(body), code: 'too-old' },
    { name: 'signed in the future', post: () => signerAt(NOW + 360_000).post(body), code: 'from-the-future' },
    { name: 'an array', post: () => signer.post('[]'), code: 'body-malformed' },
    { name: 'half an object', post: () => signer.post('{"type":'), code: 'body-malformed' },
    {
      name: 'a key twice',
      post: () => signer.post('{"type":"email.sent","type":"email.bounced"}'),
      code: 'body-malformed',
    },
  ],
  misconfigured: [
    ...Object.entries(NO_SECRETS).map(([name, secrets]) => ({
      name,
      make: () => resend({ secrets: secrets as string[] }),
      message: /^\[bouncy\/resend] secrets(\.0)?: give /,
    })),
    { name: 'no options', make: () => resend(undefined as never), message: /secrets/ },
    {
      name: 'the second secret',
      make: make({ secrets: [...signer.secrets, 'x'] }),
      message: /secrets\.1: give the signing/,
    },
    {
      name: 'an unknown option',
      make: make({ secret: 'x' }),
      message: /there are secrets, name, toleranceMs and now/,
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
    { name: 'a time for a clock', make: make({ now: NOW }), message: /now: give a function/ },
    {
      name: 'a name that is no segment',
      make: make({ name: 'a/b' }),
      message: /name: use lower-case letters/,
    },
  ],
})

function make(options: object): () => unknown {
  return () => resend({ secrets: signer.secrets, ...options } as never)
}

function header(name: string, value: string | undefined): Partial<ResendPost> {
  const { [name]: _, ...headers } = right.headers
  return { headers: value === undefined ? headers : { ...headers, [name]: value } }
}

function forgeries(changes: Readonly<Record<string, Partial<ResendPost>>>) {
  return Object.entries(changes).map(([name, change]) => ({
    name,
    post: () => ({ ...right, ...change }),
    code: 'signature-wrong' as const,
  }))
}
