import type { Parsed } from '@bouncy/core'
import { type SesOptions, ses } from '@bouncy/ses'
import { type SesPosts, sesPosts } from '@bouncy/ses/testing'
import { createSnsSigner, type SnsPost, type SnsSigner } from '@bouncy/sns/testing'
import { toWebhookRequest } from '@bouncy/testkit'

/** The moment at which all tests play. */
const NOW = '2026-03-04T09:16:00.000Z'
export const now = (): number => Date.parse(NOW)

export const topicArn = 'arn:aws:sns:us-east-1:111122223333:mail-events'

/** Plays AWS. */
export const signer: SnsSigner = createSnsSigner({ now })

/** Genuine posts of the topic. */
export const posts: SesPosts = sesPosts({ signer, topicArn, now })

/** A provider that listens to the topic of an AWS that is played. */
export const provider = (options: Partial<SesOptions> = {}): ReturnType<typeof ses> =>
  ses({ topicArns: [topicArn], fetch: signer.fetch, now, ...options })

/** What a genuine post means. */
export async function read(post: SnsPost, options?: Partial<SesOptions>): Promise<Parsed> {
  const receiver = provider(options)
  return receiver.parse(await receiver.verify(toWebhookRequest(post)))
}
