import { isUtf8 } from 'node:buffer'
import { WebhookError, type WebhookRequest } from '@bouncy/core'
import { basicAuth } from '@bouncy/core/provider'
import type { SnsConfirmation, SnsMessage, SnsVerifier } from '@bouncy/sns'
import { readInner } from './inner.ts'
import type { SesOptions } from './options.ts'
import { takeMark } from './queued.ts'
import type { Carried } from './report.ts'
import { verifyQueued } from './verify-queued.ts'

/** A request that is proved to be of SNS and a listed topic. */
export type SesPayload =
  | { readonly kind: 'message'; readonly carried: Carried }
  | { readonly kind: 'confirmation'; readonly confirmation: SnsConfirmation }

/**
 * Credentials first, where they are configured; then the signature. Nothing unsigned admits anything: a header that
 * contradicts the signed message refuses it, and only credentials stand in for the signature that raw delivery lacks.
 * What `consumeSqs` took from a queue has neither headers nor credentials, and its own rules.
 */
export function createVerify(
  sns: SnsVerifier,
  snsWithoutAgeLimit: () => SnsVerifier,
  { topicArns, basicAuth: credentials }: SesOptions,
): (request: WebhookRequest) => Promise<SesPayload> {
  const checkCredentials = credentials && basicAuth('bouncy/ses', 'basicAuth', credentials)
  return async (request) => {
    const queued = takeMark(request)
    if (queued !== undefined) {
      const found = await verifyQueued(request, queued, snsWithoutAgeLimit())
      return 'bare' in found ? { kind: 'message', carried: found.bare } : payloadOf(found.signed)
    }
    checkCredentials?.(request)
    if (isRaw(request)) {
      if (checkCredentials === undefined) {
        throw new WebhookError(
          'signature-wrong',
          '[bouncy/ses] raw message delivery carries no signature: switch it off for the subscription, or set basicAuth',
        )
      }
      return readRaw(request, topicArns)
    }
    const message = await sns.verify(request.body)
    if ((request.header('x-amz-sns-message-type') ?? message.type) !== message.type) {
      throw new WebhookError(
        'body-malformed',
        '[bouncy/ses] x-amz-sns-message-type contradicts the signed Type',
      )
    }
    return payloadOf(message)
  }
}

function payloadOf(message: SnsMessage): SesPayload {
  if (message.type !== 'Notification') return { kind: 'confirmation', confirmation: message }
  const { messageId: id, timestamp: time } = message
  return { kind: 'message', carried: { message: readInner(message.message), id, time } }
}

/**
 * Only notifications are ever delivered raw; confirmations come whole and signed.
 * Source: https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
 */
function isRaw(request: WebhookRequest): boolean {
  const type = request.header('x-amz-sns-message-type') ?? 'Notification'
  return type === 'Notification' && request.header('x-amz-sns-rawdelivery')?.toLowerCase() === 'true'
}

function readRaw(request: WebhookRequest, topicArns: readonly string[]): SesPayload {
  const topic = request.header('x-amz-sns-topic-arn')
  if (topic !== undefined && !topicArns.includes(topic)) {
    throw new WebhookError('topic-not-listed', '[bouncy/ses] add the topic to topicArns if it is yours')
  }
  if (!isUtf8(request.body)) throw new WebhookError('body-malformed', '[bouncy/ses] the body is not UTF-8')
  const message = readInner(new TextDecoder().decode(request.body))
  return { kind: 'message', carried: { message, id: request.header('x-amz-sns-message-id') } }
}
