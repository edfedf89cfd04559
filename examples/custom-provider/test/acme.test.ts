import { testProvider } from '@bouncy/testkit'
import { acme } from '../acme.ts'
import { acmePost } from './acme-posts.ts'

const secret = 'a long secret of this test'
const older = 'an older secret of this test'
const post = (...events: unknown[]) => acmePost(secret, { events })

const bounced = {
  id: 'e1',
  kind: 'bounced',
  cause: 'no_such_user',
  to: 'Kim <kim@example.com>',
  at: '2026-03-04T09:15:27Z',
  mail: 'm1',
  said: '550 5.1.1 no such user',
}
const bounce = {
  type: 'bounce',
  recipient: 'kim@example.com',
  timestamp: '2026-03-04T09:15:27.000Z',
  messageId: 'm1',
  bounceType: 'hard',
  reason: 'mailbox-not-found',
  countsAgainstRecipient: true,
  providerType: 'no_such_user',
  status: '5.1.1',
  diagnostic: '550 5.1.1 no such user',
} as const

testProvider('acme', {
  provider: () => acme({ secrets: [secret, older] }),
  genuine: [
    { name: 'a bounce', post: () => post(bounced), events: [bounce] },
    {
      name: 'signed with the older secret',
      post: () => acmePost(older, { events: [bounced] }),
      events: [bounce],
    },
    { name: 'no events', post: () => post(), events: [] },
    {
      name: 'a batch for several people',
      post: () =>
        post(
          bounced,
          { ...bounced, to: 'ada@example.com', cause: 'over_quota' },
          { ...bounced, id: 'e2', kind: 'complained' },
          { ...bounced, id: 'e3', kind: 'delivered', at: 'yesterday', said: '250 OK' },
        ),
      events: [
        bounce,
        { type: 'bounce', recipient: 'ada@example.com', bounceType: 'soft', reason: 'mailbox-full' },
        { type: 'complaint', recipient: 'kim@example.com', certain: true },
        { type: 'delivery', recipient: 'kim@example.com', timestampFrom: 'receipt', smtpResponse: '250 OK' },
      ],
    },
    {
      name: 'a cause of tomorrow',
      post: () => post({ ...bounced, cause: 'bad_karma' }),
      events: [{ type: 'bounce', providerType: 'bad_karma', countsAgainstRecipient: false }],
    },
    {
      name: 'what cannot be read, beside what can',
      post: () =>
        post(
          null,
          { ...bounced, id: 7 },
          { ...bounced, to: 'nobody' },
          { ...bounced, kind: 'vanished' },
          bounced,
        ),
      events: [bounce],
      quarantined: 4,
    },
  ],
  forged: [
    {
      name: 'no signature',
      post: () => ({ ...post(bounced), headers: {} }),
      code: 'signature-wrong',
    },
    {
      name: 'another secret',
      post: () => acmePost('a guess', { events: [bounced] }),
      code: 'signature-wrong',
    },
    {
      name: 'another body',
      post: () => ({
        ...post(bounced),
        body: JSON.stringify({ events: [{ ...bounced, to: 'a@b.example' }] }),
      }),
      code: 'signature-wrong',
    },
    {
      name: 'another time',
      post: () => {
        const { headers, ...rest } = acmePost(secret, { events: [bounced] }, Date.now() - 60_000)
        return { ...rest, headers: { ...headers, 'acme-timestamp': String(Math.floor(Date.now() / 1000)) } }
      },
      code: 'signature-wrong',
    },
    {
      name: 'an old post, sent again',
      post: () => acmePost(secret, { events: [bounced] }, Date.now() - 301_000),
      code: 'too-old',
    },
    {
      name: 'a post of tomorrow',
      post: () => acmePost(secret, { events: [bounced] }, Date.now() + 400_000),
      code: 'from-the-future',
    },
    { name: 'broken JSON', post: () => acmePost(secret, '{"events":['), code: 'body-malformed' },
    { name: 'no list', post: () => acmePost(secret, { events: bounced }), code: 'body-malformed' },
  ],
  misconfigured: [
    { name: 'no secrets', make: () => acme({ secrets: [] }), message: /secrets: give at least one/ },
    { name: 'an empty secret', make: () => acme({ secrets: [''] }), message: /secrets\.0: .*variable/ },
    {
      name: 'a variable that is not set',
      make: () => acme({ secrets: [`${undefined}`] }),
      message: /secrets\.0/,
    },
  ],
})
