import type { Provider } from '@bouncy/core'
import { postmarkPosts } from '@bouncy/postmark/testing'
import { sesPosts } from '@bouncy/ses/testing'
import { createSnsSigner, type SnsPost } from '@bouncy/sns/testing'
import type { Group, Terms } from '../group.ts'
import { timeInTurn } from '../measure.ts'
import { inTurn, requestOf } from '../request.ts'
import { rowOf } from '../rows.ts'
import type { BenchPost } from '../subject.ts'

const topicArn = 'arn:aws:sns:us-east-1:111122223333:mail-events'
const credentials = { username: 'hook', password: 'a-password-of-some-length' }
const COUNT = 256

/** What it costs to say no, over what it costs to take an event; without HTTP, over a store in memory. */
export const refusals: Group = {
  name: 'refusals',
  about: 'saying no, to taking an event (receive, store in memory)',
  async measure(terms) {
    const { built, rounds, forMs, progress } = terms
    const { ses } = await built.load<typeof import('@bouncy/ses')>('@bouncy/ses')
    const { postmark } = await built.load<typeof import('@bouncy/postmark')>('@bouncy/postmark')
    const signer = createSnsSigner()
    const bounces = (topic: string): readonly SnsPost[] => {
      const posts = sesPosts({ signer, topicArn: topic })
      return Array.from({ length: COUNT }, (_, index) =>
        posts.bounce({ recipients: [`r-${index}@example.com`] }),
      )
    }
    const hook = postmarkPosts(credentials)
    const thief = postmarkPosts({ ...credentials, password: 'a-password-of-same-length' })

    progress('signing posts')
    const good = bounces(topicArn)
    const amazon = ses({ topicArns: [topicArn], fetch: signer.fetch })
    const acme = postmark({ credentials: [credentials] })
    const tasks = {
      ses: await receiving(terms, amazon, good, 200),
      topic: await receiving(terms, amazon, bounces(topicArn.replace('mail', 'other')), 403),
      signature: await receiving(terms, amazon, good.map(forge), 403),
      postmark: await receiving(
        terms,
        acme,
        each((index) => hook.bounce('HardBounce', { ID: index })),
        200,
      ),
      password: await receiving(
        terms,
        acme,
        each((index) => thief.bounce('HardBounce', { ID: index })),
        401,
      ),
    }
    progress('measuring')
    const times = await timeInTurn(tasks, { rounds, forMs })
    return [
      rowOf('SES, wrong topic', times.topic, times.ses, { atMost: 0.25 }),
      rowOf('SES, bad signature', times.signature, times.ses),
      rowOf('Postmark, wrong password', times.password, times.postmark),
    ]
  },
}

const each = <T>(make: (index: number) => T): readonly T[] =>
  Array.from({ length: COUNT }, (_, index) => make(index))

/** The message says something else than what was signed. */
const forge = (post: SnsPost): BenchPost => ({ ...post, body: post.body.replace('Permanent', 'Transient') })

/** Receives posts in turn; after the last a new store begins, so that none is ever a redelivery. */
async function receiving({ built }: Terms, provider: Provider, posts: readonly BenchPost[], status: number) {
  const { createBouncy, memoryStore } = await built.load<typeof import('@bouncy/core')>('@bouncy/core')
  const requests = posts.map((post) => requestOf(post))
  const next = inTurn(requests)
  const anew = () => createBouncy({ providers: [provider], store: memoryStore() })
  let bouncy = anew()
  let count = 0
  const task = () => {
    if (count % requests.length === 0) bouncy = anew()
    count += 1
    return bouncy.receive(provider.name, next())
  }
  for (const _ of requests) {
    const reply = await task()
    if (reply.status !== status) throw new Error(`${reply.status} instead of ${status}`)
  }
  return task
}
