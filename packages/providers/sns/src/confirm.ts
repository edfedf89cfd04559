import { WebhookError } from '@bouncy/core'
import type { SnsMessage } from './message.ts'
import { type RequestBounds, request } from './request.ts'
import type { Source } from './topics.ts'

/**
 * Confirms a subscription by a request that we build from the listed topic and the token.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
 * @throws WebhookError `topic-not-listed`, `confirmation-failed`
 * @throws TypeError what is not a SubscriptionConfirmation
 */
export async function confirmSubscription(
  message: SnsMessage,
  topics: ReadonlyMap<string, Source>,
  bounds: RequestBounds,
): Promise<void> {
  // an UnsubscribeConfirmation carries a token too, and using it would undo the unsubscription
  if (message.type !== 'SubscriptionConfirmation' || typeof message.token !== 'string') {
    throw new TypeError('[bouncy/sns] confirm: pass a SubscriptionConfirmation that verify() returned')
  }
  const source = topics.get(message.topicArn)
  if (source === undefined) {
    throw new WebhookError(
      'topic-not-listed',
      '[bouncy/sns] only subscriptions to topics in topicArns are confirmed',
    )
  }
  const { topicArn, token } = message
  try {
    const query = `Action=ConfirmSubscription&TopicArn=${encodeURIComponent(topicArn)}&Token=${encodeURIComponent(token)}`
    await request(`${source.origin}/?${query}`, bounds, () => {})
  } catch (cause) {
    throw new WebhookError(
      'confirmation-failed',
      '[bouncy/sns] AWS did not confirm the subscription; SNS asks again if it is answered 503',
      { cause },
    )
  }
}
