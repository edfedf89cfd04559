import { given } from '@bouncy/core/provider'
import type { Facts } from './facts.ts'
import type { Part, TopicPreferences } from './wire.ts'

/**
 * What a contact changed in a contact list. Leaving (or joining again) all of it concerns the whole stream. Leaving a
 * single topic does not: it is an unsubscribe from a stream of its own, `list/topic`, so that a sender who asks for its
 * stream may still send the receipts to a reader who no longer wants the digest.
 * Source: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#event-publishing-retrieving-sns-contents-subscription-object
 */
export function readSubscription(part: Part): readonly Facts[] {
  const { newTopicPreferences: now, oldTopicPreferences: before, contactList, source } = part
  const common = {
    ...given({ origin: source?.startsWith('Unsubscribe') ? ('recipient' as const) : undefined }),
    metadata: given({ 'contact-list': contactList }) as Record<string, string>,
  }
  const unsubscribe: Facts = { type: 'unsubscribe', ...common }
  const resubscribe: Facts = { type: 'resubscribe', ...common }
  if (now.unsubscribeAll === true) return [unsubscribe]
  const old = statuses(before)
  const topics = [...statuses(now)]
    .filter(([topic, status]) => status !== old.get(topic))
    .flatMap(([topic, status]): readonly Facts[] => {
      const stream = contactList === undefined ? topic : `${contactList}/${topic}`
      if (status === 'optout') return [{ ...unsubscribe, stream }]
      return status === 'optin' ? [{ ...resubscribe, stream }] : []
    })
  return before.unsubscribeAll === true && now.unsubscribeAll === false ? [resubscribe, ...topics] : topics
}

/** By topic: `optin` or `optout`; the API spells them `OPT_IN` and `OPT_OUT`. */
function statuses({ topicSubscriptionStatus }: TopicPreferences): ReadonlyMap<string, string> {
  return new Map(
    topicSubscriptionStatus.flatMap(({ topicName, subscriptionStatus }) =>
      topicName === undefined || subscriptionStatus === undefined
        ? []
        : [[topicName, subscriptionStatus.replace('_', '').toLowerCase()] as const],
    ),
  )
}
