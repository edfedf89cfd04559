interface SignedFacts {
  /** The same for every retry of a message: the key to dedupe by. */
  readonly messageId: string
  /** One of the listed topics. */
  readonly topicArn: string
  /** When it was published, as signed: `'2026-11-22T09:44:00.000Z'`. */
  readonly timestamp: string
  /** What the signature was made with: `'1'` SHA-1, `'2'` SHA-256. */
  readonly signatureVersion: '1' | '2'
}

/** What somebody published to the topic. */
export interface SnsNotification extends SignedFacts {
  readonly type: 'Notification'
  readonly message: string
  readonly subject?: string
}

/** SNS asks whether a subscription is wanted, or says that one has ended. */
export interface SnsConfirmation extends SignedFacts {
  readonly type: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation'
  readonly message: string
  /** What confirms the subscription (after an unsubscription: brings it back). A secret until it is used. */
  readonly token: string
}

/**
 * A genuine message: only what the signature covers, as plain JSON. The signed `SubscribeURL` is left out on purpose,
 * since nothing should ever visit it; attributes and the unsubscribe URL are not signed.
 */
export type SnsMessage = SnsNotification | SnsConfirmation
