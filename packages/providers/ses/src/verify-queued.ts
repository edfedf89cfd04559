import { WebhookError, type WebhookRequest } from '@bouncy/core'
import type { SnsMessage, SnsVerifier } from '@bouncy/sns'
import { readInner } from './inner.ts'
import type { Queued } from './queued.ts'
import type { Carried } from './report.ts'
import { carriedByEventBridge } from './transports.ts'

/** What a queue message turned out to be: signed by SNS, or bare and trusted. */
export type Unqueued = { readonly signed: SnsMessage } | { readonly bare: Carried }

/**
 * Proves a queue message. What SNS wrapped is verified whether or not bare messages are taken, though without an age
 * limit: it may have waited for days. What is bare proves nothing, and counts only where the queue's writers are trusted.
 *
 * @param sns a verifier without an age limit
 * @throws WebhookError like `SnsVerifier.verify`, and `signature-wrong` for a bare message that is not wanted
 */
export async function verifyQueued(
  { body }: WebhookRequest,
  { raw, id, time }: Queued,
  sns: SnsVerifier,
): Promise<Unqueued> {
  const text = new TextDecoder().decode(body)
  if (isWrapped(text)) return { signed: await sns.verify(body) }
  if (!raw) {
    throw new WebhookError(
      'signature-wrong',
      '[bouncy/ses] the queue message carries no signature: switch raw message delivery off, or give consumeSqs raw: true',
    )
  }
  const message = readInner(text)
  return { bare: isFromEventBridge(message) ? carriedByEventBridge(message) : { message, id, time } }
}

/** By the members that every message of SNS has and none of SES. */
function isWrapped(text: string): boolean {
  try {
    return hasAll(JSON.parse(text), ['Type', 'TopicArn', 'Signature'])
  } catch {
    return false
  }
}

const isFromEventBridge = (message: unknown): boolean => hasAll(message, ['detail-type', 'detail'])

const hasAll = (value: unknown, names: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && names.every((name) => Object.hasOwn(value, name))
