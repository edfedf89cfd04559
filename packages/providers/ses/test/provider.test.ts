import { ses } from '@bouncy/ses'
import { createSnsSigner } from '@bouncy/sns/testing'
import { testProvider } from '@bouncy/testkit'
import { now, posts, provider, signer, topicArn } from './stage.ts'

const hook = { username: 'hook', password: 'a-long-one' }
const authorization = `Basic ${Buffer.from('hook:a-long-one').toString('base64')}`
const raw = { 'x-amz-sns-rawdelivery': 'true' }

/** A post with other headers. */
const withHeaders = (post: ReturnType<typeof posts.bounce>, headers: Record<string, string>) => ({
  ...post,
  headers: { ...post.headers, ...headers },
})
/** What SNS posts with raw message delivery: the message, and nothing to prove it. */
const rawPost = (body: string, headers: Record<string, string> = {}) => ({
  ...withHeaders(posts.message(''), { ...raw, ...headers }),
  body,
})
const forged = (change: (envelope: Record<string, string>) => object) => {
  const post = posts.bounce()
  return { ...post, body: JSON.stringify(change(JSON.parse(post.body))) }
}

const misconfigured = [
  { name: 'no options', make: () => ses(undefined as never), message: /give \{ topicArns/ },
  { name: 'no topics', make: () => ses({ topicArns: [] }), message: /topicArns: give at least one/ },
  {
    name: 'a topic from an unset variable',
    make: () => ses({ topicArns: ['undefined'] }),
    message: /topicArns\.0: give the whole ARN/,
  },
  {
    name: 'an option that there is not',
    make: () => ses({ topicArns: [topicArn], topicArn } as never),
    message: /no option topicArn\b/,
  },
  {
    name: 'a name that is no URL segment',
    make: () => ses({ topicArns: [topicArn], name: 'SES EU' }),
    message: /name: use lower-case/,
  },
  {
    name: 'a text for a switch',
    make: () => ses({ topicArns: [topicArn], confirmSubscriptions: 'false' as never }),
    message: /confirmSubscriptions: give true or false/,
  },
  {
    name: 'no credentials',
    make: () => ses({ topicArns: [topicArn], basicAuth: [] }),
    message: /basicAuth: give at least one/,
  },
  {
    name: 'credentials as text',
    make: () => ses({ topicArns: [topicArn], basicAuth: 'hook:x' as never }),
    message: /basicAuth: give a list/,
  },
  {
    name: 'an entry that is no pair',
    make: () => ses({ topicArns: [topicArn], basicAuth: [null as never] }),
    message: /basicAuth\.0: give \{ username/,
  },
  {
    name: 'a password from an unset variable',
    make: () => ses({ topicArns: [topicArn], basicAuth: [{ username: 'hook', password: 'undefined' }] }),
    message: /basicAuth\.0\.password: .*environment variable/,
  },
]

/**
 * AWS, except that the certificate is there under any name: a bit flipped in its name is still an address of AWS, which
 * has to be asked, and "not there" is answered 503, since it might be there tomorrow.
 */
const fetch: typeof globalThis.fetch = async (input, init) =>
  String(input).endsWith('.pem') ? new Response(signer.certificate) : signer.fetch(input, init)

testProvider('ses', {
  provider: () => provider({ fetch }),
  genuine: [
    {
      name: 'a bounce of event publishing',
      post: () => posts.bounce(),
      events: [{ type: 'bounce', bounceType: 'hard' }],
    },
    {
      name: 'a bounce of an identity',
      post: () => posts.bounce({ format: 'identity' }),
      events: [{ type: 'bounce' }],
    },
    {
      name: 'a bounce of three, of whom one is late',
      post: () =>
        posts.bounce({
          recipients: [
            'a@example.com',
            'B <b@example.com>',
            { emailAddress: 'c@example.com', action: 'delayed', status: '4.0.0' },
          ],
        }),
      events: [
        { type: 'bounce', recipient: 'a@example.com' },
        { type: 'bounce', recipient: 'b@example.com' },
        { type: 'deferral', recipient: 'c@example.com' },
      ],
    },
    {
      name: 'a soft bounce',
      post: () => posts.bounce({ bounceType: 'Transient' }),
      events: [{ type: 'bounce', bounceType: 'soft', reason: 'expired' }],
    },
    {
      name: 'a complaint',
      post: () => posts.complaint({ feedbackType: 'fraud' }),
      events: [{ type: 'complaint', feedbackType: 'fraud', certain: true }],
    },
    { name: 'a delivery', post: () => posts.delivery(), events: [{ type: 'delivery', processingMs: 812 }] },
    {
      name: 'a delay',
      post: () => posts.deliveryDelay(),
      events: [{ type: 'deferral', expiresAt: '2026-03-04T23:16:00.000Z' }],
    },
    {
      name: 'a sending',
      post: () => posts.send({ recipients: ['a@example.com', 'b@example.com'] }),
      events: [{ type: 'send' }, { type: 'send' }],
    },
    {
      name: 'a rejection',
      post: () => posts.reject(),
      events: [{ type: 'reject', reason: 'content-rejected' }],
    },
    { name: 'a rendering failure', post: () => posts.renderingFailure(), events: [{ type: 'failure' }] },
    {
      name: 'an open',
      post: () => posts.open({ tags: { campaign: 'spring' } }),
      events: [{ type: 'open', stream: 'transactional', tags: ['campaign=spring'] }],
    },
    {
      name: 'a click',
      post: () => posts.click(),
      events: [{ type: 'click', url: 'https://example.com/offer' }],
    },
    {
      name: 'an unsubscription',
      post: () => posts.subscription(),
      events: [{ type: 'unsubscribe', origin: 'recipient' }],
    },
    {
      name: 'a topic that was left',
      post: () =>
        posts.subscription({
          unsubscribeAll: false,
          topics: { digest: 'OptOut' },
          hadTopics: { digest: 'OptIn' },
        }),
      events: [{ type: 'unsubscribe', stream: 'newsletter/digest' }],
    },
    {
      name: 'one who came back',
      post: () => posts.subscription({ unsubscribeAll: false, hadUnsubscribedAll: true }),
      events: [{ type: 'resubscribe' }],
    },
    { name: 'a topic that was connected', post: () => posts.topicConnected(), events: [] },
    {
      name: 'the text of a validated topic',
      post: () => posts.message('Successfully validated SNS topic for Amazon SES event publishing.'),
      events: [],
    },
    {
      name: 'the text of receiving set up',
      post: () => posts.message('AMAZON_SES_SETUP_NOTIFICATION'),
      events: [],
    },
    { name: 'another text', post: () => posts.message('hello'), events: [], quarantined: 1 },
    { name: 'JSON that is no object', post: () => posts.message('[1]'), events: [], quarantined: 1 },
    { name: 'a subscription to confirm', post: () => posts.subscriptionConfirmation(), events: [] },
    {
      name: 'a topic that was unsubscribed',
      post: () => posts.unsubscribeConfirmation(),
      events: [],
      notices: ['topic-unsubscribed'],
    },
    {
      name: 'a sender whose tags repeat',
      post: () =>
        posts.message(
          '{"eventType":"Send","mail":{"destination":["a@example.com"],"tags":{"x":["1"],"x":["2"]}}}',
        ),
      events: [{ type: 'send' }],
    },
  ],
  forged: [
    {
      name: 'a text that was changed',
      post: () => forged((envelope) => ({ ...envelope, Message: '{}' })),
      code: 'signature-wrong',
    },
    {
      name: "a message validly signed for somebody else's topic",
      post: () =>
        signer.notification({ topicArn: 'arn:aws:sns:us-east-1:444455556666:mail-events', message: '{}' }),
      code: 'topic-not-listed',
    },
    {
      name: 'a certificate on another host',
      post: () =>
        forged((envelope) => ({
          ...envelope,
          SigningCertURL: envelope.SigningCertURL?.replace('amazonaws.com', 'example.com'),
        })),
      code: 'certificate-url-refused',
    },
    {
      name: "somebody else's key",
      post: () => createSnsSigner({ now }).notification({ topicArn, message: '{}' }),
      code: 'signature-wrong',
    },
    {
      name: 'raw delivery without credentials',
      post: () => rawPost(JSON.stringify({ eventType: 'Bounce' })),
      code: 'signature-wrong',
    },
    {
      name: 'a signed message that claims to be raw',
      post: () => withHeaders(posts.bounce(), raw),
      code: 'signature-wrong',
    },
    {
      name: 'a header that contradicts the signed type',
      post: () => withHeaders(posts.bounce(), { 'x-amz-sns-message-type': 'UnsubscribeConfirmation' }),
      code: 'body-malformed',
    },
    {
      name: 'a confirmation that claims to be a notification',
      post: () => withHeaders(posts.subscriptionConfirmation(), { 'x-amz-sns-message-type': 'Notification' }),
      code: 'body-malformed',
    },
    {
      name: 'a key twice in the message',
      post: () => posts.message('{"eventType":"Send","eventType":"Bounce"}'),
      code: 'body-malformed',
    },
    {
      name: 'a message nested too deeply',
      post: () => posts.message(`{"a":${'['.repeat(64)}${']'.repeat(64)}}`),
      code: 'body-malformed',
    },
    {
      name: 'an old message',
      post: () => signer.notification({ topicArn, message: '{}', timestamp: '2026-03-04T07:00:00.000Z' }),
      code: 'too-old',
    },
  ],
  misconfigured,
})

testProvider('ses with Basic auth', {
  provider: () => provider({ fetch, basicAuth: [hook, { username: 'hook', password: 'the-next-one' }] }),
  genuine: [
    {
      name: 'a signed message with credentials',
      post: () => withHeaders(posts.bounce(), { authorization }),
      events: [{ type: 'bounce' }],
    },
    {
      name: 'raw delivery with credentials',
      post: () =>
        rawPost(
          JSON.stringify({ eventType: 'Open', open: {}, mail: { destination: ['reader@example.com'] } }),
          { authorization },
        ),
      events: [{ type: 'open', timestampFrom: 'receipt' }],
    },
    {
      name: 'a raw text',
      post: () =>
        rawPost('Successfully validated SNS topic for Amazon SES event publishing.', { authorization }),
      events: [],
    },
    {
      name: 'a confirmation, which is never raw',
      post: () => withHeaders(posts.subscriptionConfirmation(), { ...raw, authorization }),
      events: [],
    },
  ],
  forged: [
    { name: 'no credentials', post: () => posts.bounce(), code: 'credentials-missing' },
    {
      name: 'a wrong password',
      post: () => withHeaders(posts.bounce(), { authorization: 'Basic aG9vazp3cm9uZw==' }),
      code: 'credentials-wrong',
    },
    {
      name: 'a wrong password, raw',
      post: () => rawPost('{}', { authorization: 'Basic aG9vazp3cm9uZw==' }),
      code: 'credentials-wrong',
    },
    {
      name: 'credentials and a forged signature',
      post: () =>
        withHeaders(
          forged((envelope) => ({ ...envelope, Message: '{}' })),
          { authorization },
        ),
      code: 'signature-wrong',
    },
    {
      name: 'raw delivery of another topic',
      post: () =>
        rawPost('{}', { authorization, 'x-amz-sns-topic-arn': 'arn:aws:sns:us-east-1:444455556666:x' }),
      code: 'topic-not-listed',
    },
    {
      name: 'raw bytes that are no text',
      post: () => ({ ...rawPost('', { authorization }), body: new Uint8Array([0xff]) }),
      code: 'body-malformed',
    },
    {
      name: 'a raw message that says a thing twice',
      post: () => rawPost('{"eventType":"Send","eventType":"Bounce"}', { authorization }),
      code: 'body-malformed',
    },
  ],
  misconfigured,
})
