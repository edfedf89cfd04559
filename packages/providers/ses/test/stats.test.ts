import { toWebhookRequest } from '@bouncy/testkit'
import { expect, it } from 'vitest'
import { posts, provider, topicArn } from './stage.ts'

it('counts what was accepted and, by reason, what was refused', async () => {
  const receiver = provider()
  const tampered = { ...posts.bounce(), body: posts.bounce().body.replace('Permanent', 'Transient') }
  const elsewhere = { ...posts.bounce(), body: posts.bounce().body.replaceAll(topicArn, `${topicArn}-2`) }
  await receiver.verify(toWebhookRequest(posts.bounce()))
  await receiver.verify(toWebhookRequest(posts.delivery()))
  for (const post of [tampered, tampered, elsewhere]) {
    await expect(receiver.verify(toWebhookRequest(post))).rejects.toThrow()
  }
  expect(receiver.stats()).toEqual({ accepted: 2, refused: { 'signature-wrong': 2, 'topic-not-listed': 1 } })
})
