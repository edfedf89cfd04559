import type { WebhookErrorCode } from '@bouncy/core'
import { postmarkPosts } from '@bouncy/postmark/testing'
import { type SesFormat, sesPosts } from '@bouncy/ses/testing'
import { createSnsSigner, envelopeOf, type SnsPost, type SnsSigner } from '@bouncy/sns/testing'

/** One request of the demo, and what must come of it. */
export interface Step {
  readonly what: string
  readonly provider: 'ses' | 'postmark'
  readonly post: { readonly method: string; readonly headers: Record<string, string>; readonly body: string }
  /** Sent this often at the same time. @default 1 */
  readonly copies?: number
  /** What every copy is answered. */
  readonly status: number
  readonly recorded: string
}

export interface Chapter {
  readonly title: string
  readonly steps: readonly Step[]
}

/** Who sends, and what they know. */
export interface Actors {
  readonly amazon: SnsSigner
  readonly topicArn: string
  readonly password: string
}

/** What Amazon, Postmark, an attacker and broken senders send. */
export function chapters(actors: Actors): readonly Chapter[] {
  return [
    { title: 'Amazon SES, through SNS', steps: amazonSends(actors) },
    { title: 'Postmark', steps: postmarkSends(actors) },
    { title: 'Once more, and all at once', steps: sendsAgain(actors) },
    { title: 'Forged or broken', steps: strangersSend(actors) },
  ]
}

/** Who must be on the suppression list in the end, and for what. */
export const SUPPRESSED: readonly string[] = [
  'ada@example.com bounce',
  'alan@example.com complaint',
  'barbara@example.com bounce',
  'claude@example.com bounce',
  'dorothy@example.com bounce',
  'frances@example.com bounce',
  'gordon@example.com bounce',
  'margaret@example.com bounce',
  'mary@example.com bounce',
  'radia@example.com complaint',
]

function amazonSends({ amazon, topicArn }: Actors): readonly Step[] {
  const posts = (signatureVersion: '1' | '2', format: SesFormat) =>
    sesPosts({ signer: amazon, topicArn, signatureVersion, format })
  const events = posts('2', 'event-publishing')
  const hard = (who: string, version: '1' | '2', format: SesFormat) =>
    accepted(
      'ses',
      `hard bounce, ${format}, v${version}`,
      posts(version, format).bounce({ recipients: [`${who}@example.com`] }),
      `hard bounce, ${who}@example.com`,
    )
  return [
    accepted('ses', 'subscription confirmation', events.subscriptionConfirmation(), 'subscription confirmed'),
    hard('ada', '1', 'identity'),
    hard('barbara', '2', 'identity'),
    hard('claude', '1', 'event-publishing'),
    hard('dorothy', '2', 'event-publishing'),
    accepted(
      'ses',
      'soft bounce, mailbox full',
      events.bounce({
        recipients: ['edsger@example.com'],
        bounceType: 'Transient',
        bounceSubType: 'MailboxFull',
      }),
      'soft bounce, edsger@example.com',
    ),
    accepted(
      'ses',
      'complaint',
      events.complaint({ recipients: ['alan@example.com'] }),
      'complaint, alan@example.com',
    ),
    accepted(
      'ses',
      'delivery',
      events.delivery({ recipients: ['grace@example.com'] }),
      'delivery, grace@example.com',
    ),
    accepted(
      'ses',
      'bounce of three, one only delayed',
      events.bounce({
        recipients: [
          'frances@example.com',
          'gordon@example.com',
          { emailAddress: 'hedy@example.com', action: 'delayed', status: '4.0.0' },
        ],
      }),
      '1 deferral, 2 hard bounces',
    ),
  ]
}

function postmarkSends({ password }: Actors): readonly Step[] {
  const posts = postmarkPosts({ username: 'hook', password })
  return [
    accepted(
      'postmark',
      'hard bounce',
      posts.bounce('HardBounce', { ID: 1, Email: 'mary@example.com' }),
      'hard bounce, mary@example.com',
    ),
    accepted(
      'postmark',
      'soft bounce',
      posts.bounce('SoftBounce', { ID: 2, Email: 'niklaus@example.com' }),
      'soft bounce, niklaus@example.com',
    ),
    accepted(
      'postmark',
      'spam complaint',
      posts.spamComplaint({ ID: 3, Email: 'radia@example.com' }),
      'complaint, radia@example.com',
    ),
    accepted(
      'postmark',
      'delivery',
      posts.delivery({ Recipient: 'tim@example.com' }),
      'delivery, tim@example.com',
    ),
  ]
}

function sendsAgain({ amazon, topicArn }: Actors): readonly Step[] {
  const post = sesPosts({ signer: amazon, topicArn }).bounce({ recipients: ['margaret@example.com'] })
  return [
    {
      ...accepted('ses', 'the same bounce twenty times', post, 'hard bounce, margaret@example.com'),
      copies: 20,
    },
    accepted('ses', 'and once more', post, 'nothing new'),
  ]
}

function strangersSend({ amazon, topicArn, password }: Actors): readonly Step[] {
  const victim = { recipients: ['grace@example.com'] }
  const genuine = sesPosts({ signer: amazon, topicArn }).bounce(victim)
  const impostor = createSnsSigner()
  const forged = sesPosts({ signer: impostor, topicArn }).bounce(victim)
  const otherTopic = topicArn.replace('111122223333', '444455556666')
  const elsewhere = impostor.certificateUrl(topicArn).replace('amazonaws.com', 'amazonaws.com.example.net')
  const wrong = postmarkPosts({ username: 'hook', password: 'a guess' })
  const right = postmarkPosts({ username: 'hook', password })
  return [
    refused(
      'ses',
      'forged signature',
      withCertificateUrl(forged, amazon.certificateUrl(topicArn)),
      403,
      'signature-wrong',
    ),
    refused(
      'ses',
      "genuine, of a stranger's topic",
      sesPosts({ signer: amazon, topicArn: otherTopic }).bounce(victim),
      403,
      'topic-not-listed',
    ),
    refused(
      'ses',
      'certificate on another host',
      withCertificateUrl(forged, elsewhere),
      403,
      'certificate-url-refused',
    ),
    refused(
      'postmark',
      'wrong password',
      wrong.bounce('HardBounce', { Email: 'grace@example.com' }),
      401,
      'credentials-wrong',
    ),
    refused(
      'ses',
      'a body of 2 MB',
      { ...genuine, body: genuine.body.padEnd(2_000_000) },
      413,
      'body-too-large',
    ),
    refused('postmark', 'broken JSON', right.of('{"RecordType":"Bounce","Email":'), 400, 'body-malformed'),
  ]
}

const withCertificateUrl = (post: SnsPost, url: string): SnsPost => ({
  ...post,
  body: JSON.stringify({ ...envelopeOf(post), SigningCertURL: url }),
})

const accepted = (provider: Step['provider'], what: string, post: Step['post'], recorded: string): Step => ({
  provider,
  what,
  post,
  status: 200,
  recorded,
})

const refused = (
  provider: Step['provider'],
  what: string,
  post: Step['post'],
  status: number,
  reason: WebhookErrorCode,
): Step => ({ provider, what, post, status, recorded: `nothing: ${reason}` })
