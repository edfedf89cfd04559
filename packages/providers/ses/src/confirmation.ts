import type { Parsed, WebhookReply } from '@bouncy/core'
import type { SnsConfirmation, SnsVerifier } from '@bouncy/sns'

const CONFIRMED: WebhookReply = {
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'subscription confirmed',
}

/**
 * Confirms a subscription by the request that `@bouncy/sns` builds. All else is left to `noticeOf`.
 *
 * @throws WebhookError `confirmation-failed`, answered 503: SNS asks again
 */
export async function confirm(
  sns: SnsVerifier,
  confirmation: SnsConfirmation,
  wanted: boolean,
): Promise<WebhookReply | undefined> {
  if (!wanted || confirmation.type !== 'SubscriptionConfirmation') return undefined
  await sns.confirm(confirmation)
  return CONFIRMED
}

/** What the operator should hear of; the facts leave out the token, which could bring the subscription about. */
export function noticeOf({ type, topicArn, messageId, timestamp }: SnsConfirmation): Parsed {
  const details = { topicArn, messageId, timestamp }
  const notice =
    type === 'UnsubscribeConfirmation'
      ? {
          code: 'topic-unsubscribed',
          message: 'this endpoint was unsubscribed from its topic; subscribe it again if that was not you',
          details,
        }
      : {
          code: 'subscription-not-confirmed',
          message:
            'a subscription waits to be confirmed; if it is yours, subscribe again with confirmSubscriptions: true',
          details,
        }
  return { events: [], notices: [notice] }
}
