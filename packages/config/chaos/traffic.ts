import { type PostmarkPosts, postmarkPosts } from '@bouncy/postmark/testing'
import { type SesPosts, sesPosts } from '@bouncy/ses/testing'
import { createSnsSigner, type SnsSigner } from '@bouncy/sns/testing'
import type { Random } from '../fuzz/random.ts'

/** One post of a provider and what has to come of it. */
export interface Letter {
  /** Counts from 0. */
  readonly number: number
  readonly provider: 'postmark' | 'ses'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** One event is due for each; nobody else's letter has them. */
  readonly recipients: readonly string[]
  /** Nothing must come of it, and the answer is 401 or 403. */
  readonly forged: boolean
  /** Whether the recipients have to be on the suppression list; if not they must not. */
  readonly suppresses: boolean
  /** Whether the receiver's handler also writes in a transaction. */
  readonly bounces: boolean
}

/** Makes letters, the same ones for a seed but for their times and signatures. */
export interface Traffic {
  next(): Letter
  readonly postmark: PostmarkPosts
  /** What the receiver has to be told to believe these letters. */
  readonly trust: {
    readonly postmark: readonly { readonly username: string; readonly password: string }[]
    readonly topicArn: string
    readonly certificate: { readonly url: string; readonly pem: string }
  }
}

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:mail-events'

type Make = (recipients: readonly string[], number: number) => Pick<Letter, 'headers' | 'body'>

/** `share` of 100 letters are of a kind. */
interface Kind {
  readonly share: number
  readonly provider: Letter['provider']
  readonly make: Make
  readonly recipients?: number
  readonly suppresses?: boolean
  readonly bounces?: boolean
  readonly forged?: boolean
}

export function createTraffic(random: Random): Traffic {
  const hook = { username: 'hook', password: Buffer.from(random.bytes(12)).toString('hex') }
  const { signer, stranger } = signers()
  const ours = postmarkPosts(hook)
  const kinds = [
    ...ofPostmark(ours, postmarkPosts({ ...hook, password: 'guessed' })),
    ...ofSes(signer, stranger, random),
  ]
  const hundred = kinds.flatMap((kind) => Array<Kind>(kind.share).fill(kind))
  let count = 0

  return {
    next() {
      const number = count
      count += 1
      const { provider, make, recipients: many = 1, ...is } = random.of(hundred)
      const recipients = Array.from({ length: many }, (_, part) => `r${number}-${part}@example.com`)
      const whole = { suppresses: false, bounces: false, forged: false, ...is }
      return { number, provider, recipients, ...whole, ...make(recipients, number) }
    },
    postmark: ours,
    trust: {
      postmark: [hook],
      topicArn: TOPIC,
      certificate: { url: signer.certificateUrl(TOPIC), pem: signer.certificate },
    },
  }
}

interface Signers {
  readonly signer: SnsSigner
  readonly stranger: SnsSigner
}

let made: Signers | undefined

/** Made once: it is keys that take the time. */
function signers(): Signers {
  made ??= { signer: createSnsSigner(), stranger: createSnsSigner() }
  return made
}

function ofPostmark(ours: PostmarkPosts, guessed: PostmarkPosts): readonly Kind[] {
  const fields = ([address]: readonly string[], number: number) => ({
    ID: 1_000_000 + number,
    MessageID: `chaos-${number}`,
    Email: address,
    Recipient: address,
  })
  const provider = 'postmark'
  return [
    {
      share: 40,
      provider,
      suppresses: true,
      bounces: true,
      make: (to, number) => ours.bounce('HardBounce', fields(to, number)),
    },
    {
      share: 10,
      provider,
      bounces: true,
      make: (to, number) => ours.bounce('SoftBounce', fields(to, number)),
    },
    { share: 10, provider, suppresses: true, make: (to, number) => ours.spamComplaint(fields(to, number)) },
    { share: 22, provider, make: (to, number) => ours.delivery(fields(to, number)) },
    {
      share: 2,
      provider,
      forged: true,
      make: (to, number) => guessed.bounce('HardBounce', fields(to, number)),
    },
  ]
}

function ofSes(signer: SnsSigner, stranger: SnsSigner, random: Random): readonly Kind[] {
  const newId = (): string => Buffer.from(random.bytes(16)).toString('hex')
  const posts = (by: SnsSigner): SesPosts =>
    sesPosts({ signer: by, topicArn: TOPIC, signatureVersion: '2', newId })
  const [ours, theirs] = [posts(signer), posts(stranger)]
  const provider = 'ses'
  return [
    {
      share: 6,
      provider,
      recipients: 3,
      suppresses: true,
      bounces: true,
      make: (recipients) => ours.bounce({ recipients }),
    },
    { share: 4, provider, suppresses: true, make: (recipients) => ours.complaint({ recipients }) },
    { share: 4, provider, make: (recipients) => ours.delivery({ recipients }) },
    // signed, but by another key than that of the certificate it names
    {
      share: 2,
      provider,
      forged: true,
      make(recipients) {
        const post = theirs.bounce({ recipients })
        const body = post.body.replaceAll(stranger.certificateUrl(TOPIC), signer.certificateUrl(TOPIC))
        return { ...post, body }
      },
    },
  ]
}
