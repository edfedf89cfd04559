import type { Parsed } from '@bouncy/core'
import { postmark } from '@bouncy/postmark'
import { type PostmarkPost, type PostmarkPosts, postmarkPosts } from '@bouncy/postmark/testing'
import { toWebhookRequest } from '@bouncy/testkit'

/** The pair that the tests' provider accepts. */
export const hook = { username: 'hook', password: 'a-long-one:with-a-colon' }

/** Posts that it accepts. */
export const posts: PostmarkPosts = postmarkPosts(hook)

/** What a genuine post means. */
export function read(post: PostmarkPost): Parsed {
  const provider = postmark({ credentials: [hook] })
  return provider.parse(provider.verify(toWebhookRequest(post)) as never)
}

/** The ids of the events of a genuine post. */
export const idsOf = (post: PostmarkPost): readonly string[] => read(post).events.map((event) => event.id)
