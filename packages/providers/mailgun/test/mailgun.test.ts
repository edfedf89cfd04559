import type { MailEvent } from '@bouncy/core'
import { mailgun } from '@bouncy/mailgun'
import { type MailgunSamples, type MailgunSignature, mailgunSamples } from '@bouncy/mailgun/testing'
import { testProvider } from '@bouncy/testkit'
import { fixtures } from './fixtures.ts'
import { NOW, provider, signer, signerAt } from './read.ts'

const data = mailgunSamples.permanentFail()
const right = signer.sign()

const FORGED: Readonly<Record<string, Partial<Record<keyof MailgunSignature, unknown>>>> = {
  'the signature of another account': signerAt(NOW, 'another-key').sign(),
  'another token': { token: right.token.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) },
  'another timestamp': { timestamp: String(NOW / 1000 - 1) },
  'a digit moved from the token to the timestamp': {
    timestamp: right.timestamp + right.token.slice(0, 1),
    token: right.token.slice(1),
  },
  'a digit moved from the timestamp to the token': {
    timestamp: right.timestamp.slice(0, -1),
    token: right.timestamp.slice(-1) + right.token,
  },
  'upper-case digits': { signature: right.signature.toUpperCase() },
  'half a signature': { signature: right.signature.slice(0, 32) },
  'the signature without its last digit': { signature: right.signature.slice(0, -1) },
  'the signature and more': { signature: `${right.signature}00` },
  'the signature and a line end': { signature: `${right.signature}\n` },
  'the signature as base64': { signature: Buffer.from(right.signature, 'hex').toString('base64') },
  'an empty signature': { signature: '' },
  'a list of signatures': { signature: [right.signature] },
  'no signature': { signature: undefined },
  'no token': { token: undefined },
  'an empty token': { token: '' },
  'a token that is a number': { token: 1 },
  'no timestamp': { timestamp: undefined },
  'a timestamp with a fraction': { timestamp: `${right.timestamp}.0` },
  "a parent's signature that is none": { signature: '0'.repeat(64), 'parent-signature': right.token },
  nothing: { timestamp: undefined, token: undefined, signature: undefined },
}

/** Whoever leaves the variable unset, copies a blank or half of it. */
const NO_KEYS: Readonly<Record<string, unknown>> = {
  'no list': signer.signingKey,
  'an empty list': [],
  'an unset variable': [undefined],
  'a variable that was unset': ['undefined'],
  'an unset member': ['null'],
  'an empty key': [''],
  'a blank': [' '],
  'a key and a line end': [`${signer.signingKey}\n`],
}

const MESSAGE_ID = '20260304093523.1a2b3c4d5e6f7081@mg.example.org'

/** What each sample of `@bouncy/mailgun/testing` means. */
const SAMPLES: Readonly<Record<keyof MailgunSamples, MailEvent['type'] | undefined>> = {
  accepted: 'send',
  rejected: 'reject',
  delivered: 'delivery',
  permanentFail: 'bounce',
  temporaryFail: 'deferral',
  opened: 'open',
  clicked: 'click',
  unsubscribed: 'unsubscribe',
  complained: 'complaint',
  stored: undefined,
  listMemberUploaded: undefined,
}

testProvider('mailgun', {
  provider,
  genuine: [
    ...fixtures.map(({ name, data: event, events, quarantined }) => ({
      name,
      post: () => signer.post(event),
      events,
      quarantined: quarantined.length,
    })),
    ...Object.entries(SAMPLES).map(([name, type]) => ({
      name: `the sample ${name}`,
      post: () => signer.post(mailgunSamples[name as keyof typeof SAMPLES]()),
      events: type === undefined ? [] : [{ type, messageId: MESSAGE_ID }],
      quarantined: type === undefined ? 1 : 0,
    })),
  ],
  forged: [
    ...Object.entries(FORGED).map(([name, change]) => ({
      name,
      post: () => signer.post(data, { ...right, ...change } as MailgunSignature),
      code: 'signature-wrong' as const,
    })),
    ...[null, [], 'text', [right]].map((signature) => ({
      name: `${JSON.stringify(signature)?.slice(0, 4)} for a signature`,
      post: () => signer.post(data, signature as never),
      code: 'signature-wrong' as const,
    })),
    {
      name: 'the event alone',
      post: () => ({ ...signer.post(data), body: JSON.stringify(data) }),
      code: 'signature-wrong',
    },
    {
      name: 'signed too long ago',
      post: () => signerAt(NOW - 43_201_000).post(data),
      code: 'too-old',
    },
    { name: 'signed in the future', post: () => signerAt(NOW + 301_000).post(data), code: 'from-the-future' },
    { name: 'a legacy webhook', post: () => signer.form({ event: 'bounced' }), code: 'form-not-supported' },
    {
      name: 'a route with attachments',
      post: () => ({
        ...signer.form({}),
        headers: { 'content-type': 'Multipart/Form-Data; boundary=x' },
        body: '--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n0\r\n--x--\r\n',
      }),
      code: 'form-not-supported',
    },
    { name: 'an array', post: () => ({ ...signer.post(data), body: '[]' }), code: 'body-malformed' },
    { name: 'half an object', post: () => signer.post('{"event":'), code: 'body-malformed' },
    {
      name: 'a key twice',
      post: () => signer.post('{"event":"opened","event":"failed"}'),
      code: 'body-malformed',
    },
    {
      name: 'two events',
      post: () => signer.post('{"event":"opened"},"event-data":{"event":"failed"}'),
      code: 'body-malformed',
    },
  ],
  misconfigured: [
    ...Object.entries(NO_KEYS).map(([name, signingKeys]) => ({
      name,
      make: () => mailgun({ signingKeys: signingKeys as string[] }),
      message: /^\[bouncy\/mailgun] signingKeys(\.0)?: give /,
    })),
    {
      name: 'no options',
      make: () => mailgun(undefined as never),
      message: /options: there are signingKeys/,
    },
    { name: 'the second key', make: make({ signingKeys: ['a', ''] }), message: /signingKeys\.1: give a key/ },
    { name: 'an unknown option', make: make({ signingKey: 'a' }), message: /there are signingKeys, name/ },
    { name: 'no tolerance', make: make({ toleranceMs: 0 }), message: /toleranceMs: give a number/ },
    { name: 'no number', make: make({ toleranceMs: Number.NaN }), message: /toleranceMs: give a number/ },
    {
      name: 'more than stores remember',
      make: make({ toleranceMs: 30 * 86_400_000 + 1 }),
      message: /toleranceMs: .*no more than 30 days/,
    },
    { name: 'a time for a clock', make: make({ now: NOW }), message: /now: give a function/ },
    { name: 'a name that is no segment', make: make({ name: 'a/b' }), message: /name: use lower-case/ },
  ],
})

function make(options: object): () => unknown {
  return () => mailgun({ signingKeys: [signer.signingKey], ...options } as never)
}
