/** The last part of the ARN of the one subscription that is played. */
export const SUBSCRIPTION_ID = '00000000-0000-4000-8000-000000000000'

/** A request as SNS makes it; usable as the second argument of `fetch`. */
export interface SnsPost {
  readonly method: 'POST'
  readonly headers: Record<string, string>
  readonly body: string
}

/** The JSON object that SNS posts, puts into SQS, and signs. */
export interface SnsEnvelope {
  readonly Type: string
  readonly MessageId: string
  readonly TopicArn: string
  readonly Message: string
  readonly Timestamp: string
  readonly SignatureVersion: string
  readonly Signature: string
  readonly SigningCertURL: string
  readonly Subject?: string
  readonly Token?: string
  readonly SubscribeURL?: string
  readonly UnsubscribeURL?: string
}

/** The message of a post as an object; the body itself is what SQS delivers. */
export function envelopeOf(post: SnsPost): SnsEnvelope {
  return JSON.parse(post.body) as SnsEnvelope
}

/** The message of a post as Lambda hands it over: what stands at `Records[0].Sns` of its event. */
export function lambdaRecordOf(post: SnsPost): Record<string, unknown> {
  const { SigningCertURL, UnsubscribeURL, ...rest } = envelopeOf(post)
  return {
    Subject: null,
    ...rest,
    SigningCertUrl: SigningCertURL,
    UnsubscribeUrl: UnsubscribeURL,
    MessageAttributes: {},
  }
}

/** The post in which SNS sends this message, spaced as SNS spaces it. */
export function postOf(envelope: SnsEnvelope): SnsPost {
  const subscription = { 'x-amz-sns-subscription-arn': `${envelope.TopicArn}:${SUBSCRIPTION_ID}` }
  return {
    method: 'POST',
    headers: {
      'content-type': 'text/plain; charset=UTF-8',
      'user-agent': 'Amazon Simple Notification Service Agent',
      'x-amz-sns-message-type': envelope.Type,
      'x-amz-sns-message-id': envelope.MessageId,
      'x-amz-sns-topic-arn': envelope.TopicArn,
      ...(envelope.Type === 'SubscriptionConfirmation' ? {} : subscription),
    },
    body: JSON.stringify(envelope, null, 2).replace(/^( {2}"[^"]+"):/gm, '$1 :'),
  }
}
