import { randomUUID } from 'node:crypto'
import type { BasicCredentials } from '@bouncy/core/provider'
import { postmarkPosts } from '@bouncy/postmark/testing'
import { sesPosts } from '@bouncy/ses/testing'
import { createSnsSigner } from '@bouncy/sns/testing'
import { createRandom } from '../fuzz/random.ts'

/** What receivers are configured with. */
export interface Secrets {
  readonly credentials: BasicCredentials
  readonly topicArn: string
  /** With which the topic's messages are signed, as PEM. */
  readonly certificate: string
}

/** A request on its way to a receiver. */
export interface Post {
  readonly kind: 'genuine' | 'duplicate' | 'forged'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Everything that is sent, in its order. */
export interface Traffic extends Secrets {
  readonly posts: Iterable<Post>
  /** How many of the genuine ones suppress their recipient. */
  readonly suppressing: number
}

/** How much is sent. */
export interface TrafficOptions {
  /** Genuine ones, each about a recipient of its own. */
  readonly events: number
  /** How many there are of these besides, as a share of the genuine ones. */
  readonly duplicates: number
  readonly forgeries: number
  readonly seed: number
}

/** Of so many genuine posts one comes from SES, signed; the others from Postmark. */
const SES_EVERY = 10
/** Duplicates are of the last so many posts: from under way to long settled. */
const REMEMBERED = 2_000

/** The recipient of the genuine event with this number. */
const recipientOf = (index: number): string => `r${index}@example.com`

/** Events that the providers' own signers sign, among them duplicates and forgeries; the same seed mixes them alike. */
export function createTraffic({ events, duplicates, forgeries, seed }: TrafficOptions): Traffic {
  const credentials = { username: 'hook', password: randomUUID() }
  const topicArn = 'arn:aws:sns:us-east-1:111122223333:mail-events'
  const signer = createSnsSigner()
  const postmark = postmarkPosts(credentials)
  const guessed = postmarkPosts({ ...credentials, password: 'guessed' })
  const ses = sesPosts({ signer, topicArn })
  const stranger = sesPosts({ signer: createSnsSigner(), topicArn })

  function* posts(): Generator<Post> {
    const random = createRandom(seed)
    const sent: Post[] = []
    for (let index = 0; index < events; index += 1) {
      const post = genuine(index)
      sent[index % REMEMBERED] = post
      yield post
      if (random.chance(duplicates)) yield { ...random.of(sent), kind: 'duplicate' }
      if (random.chance(forgeries)) yield forged(index)
    }
  }

  function genuine(index: number): Post {
    const Email = recipientOf(index)
    if (index % SES_EVERY === 0) return to('ses', 'genuine', ses.bounce({ recipients: [Email] }))
    const fields = { Email, Recipient: Email, MessageID: randomUUID() }
    if (isBounce(index)) {
      return to('postmark', 'genuine', postmark.bounce('HardBounce', { ...fields, ID: index + 1 }))
    }
    return to('postmark', 'genuine', postmark.delivery(fields))
  }

  function forged(index: number): Post {
    const Email = `forged${index}@example.com`
    const notSigned = ses.bounce({ recipients: [recipientOf(index)] })
    return [
      () => to('postmark', 'forged', guessed.bounce('HardBounce', { Email, ID: events + index })),
      () => to('ses', 'forged', stranger.bounce({ recipients: [Email] })),
      () => to('ses', 'forged', { ...notSigned, body: notSigned.body.replaceAll(recipientOf(index), Email) }),
    ][index % 3]?.() as Post
  }

  const numbers = Array.from({ length: events }, (_, index) => index)
  return {
    credentials,
    topicArn,
    certificate: signer.certificate,
    posts: { [Symbol.iterator]: posts },
    suppressing: numbers.filter((index) => index % SES_EVERY === 0 || isBounce(index)).length,
  }
}

const isBounce = (index: number): boolean => index % 2 === 1

function to(
  provider: string,
  kind: Post['kind'],
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
): Post {
  return { kind, path: `/webhooks/${provider}`, headers, body }
}
