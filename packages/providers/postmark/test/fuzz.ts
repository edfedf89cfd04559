import {
  credentialsOf,
  type FuzzPost,
  type FuzzTarget,
  mutants,
  postTo,
  readObject,
} from '@bouncy/config/fuzz'
import { postmark } from '@bouncy/postmark'
import { type PostmarkPost, postmarkPosts } from '@bouncy/postmark/testing'
import { BOUNCE_TYPES } from '../src/mapping.ts'

const hook = { username: 'hook', password: 'a-long-one:with-a-colon' }
const spare = { username: 'spare', password: 'während des Wechsels' }
const credentials = [hook, spare]
const PAIRS: readonly unknown[] = credentials.map(({ username, password }) => `${username}:${password}`)
/** One of the network that `near` allows. */
const PEER = '203.0.113.9'

/** Two webhooks: `postmark` by credentials, `near` by the peer's address too. */
export const target: FuzzTarget = {
  mutations: () => ({
    now: Date.parse('2026-11-22T10:00:00.000Z'),
    providers: () => [
      postmark({ credentials }),
      postmark({ name: 'near', credentials, allowedIps: ['203.0.113.0/25', '2001:db8:1::/48'] }),
    ],
    cases: (batch) => mutants({ genuine: GENUINE, foreign: FOREIGN, tokens: TOKENS }, batch),
    objection,
  }),
}

/** Who knows the credentials and comes from where it has to may post any JSON object. */
function objection(post: FuzzPost): string | undefined {
  if (!PAIRS.includes(credentialsOf(post))) return 'the credentials are not right'
  if (post.to === 'near' && !/^(?:::ffff:)?203\.0\.113\.9$/.test(post.remoteAddress))
    return 'the peer is none of those allowed'
  if (readObject(post.body, { freeForm: ['Metadata'] }) === undefined) return 'the body has to be refused'
  return undefined
}

const posts = postmarkPosts(hook)
const ALL: readonly PostmarkPost[] = [
  ...[...BOUNCE_TYPES.keys(), 'OfTomorrow'].map((type) => posts.bounce(type)),
  posts.bounce('SoftBounce', { Inactive: true, Metadata: { a: 'b', c: 'd' } }),
  posts.spamComplaint(),
  posts.delivery(),
  posts.open(),
  posts.click(),
  posts.subscriptionChange(),
  posts.subscriptionChange({ SuppressSending: false, SuppressionReason: null, Origin: 'Customer' }),
  posts.bounceOf2010(),
  posts.inbound(),
  posts.of({}),
  posts.of(
    '{"RecordType":"Bounce","ID":123456789012345678901234567890,"Type":"HardBounce","Email":"a@example.com"}',
  ),
  postmarkPosts(spare).delivery({ Recipient: '"k m"@example.com', Tag: '' }),
]

const GENUINE = ALL.flatMap((post) => [postTo('postmark', post), postTo('near', post, PEER)])

const FOREIGN = [
  postTo('postmark', postmarkPosts().delivery()),
  postTo('postmark', postmarkPosts({ username: 'hook', password: 'wrong' }).bounce()),
  postTo('postmark', postmarkPosts({ username: 'spare', password: hook.password }).open()),
  postTo('near', posts.delivery()),
]

const TOKENS = [
  ...BOUNCE_TYPES.keys(),
  'Delivery',
  'SpamComplaint',
  'SubscriptionChange',
  'Email',
  'RecordType',
  '2026-03-04T09:15:27.4183920-04:00',
  `Basic ${Buffer.from('hook:a-long-one').toString('base64')}`,
  '00000000-0000-0000-0000-000000000000',
]
