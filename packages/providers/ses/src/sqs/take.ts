import type { WebhookRequest } from '@bouncy/core'
import { isMarked, markQueued } from '../queued.ts'
import type { SqsSettings } from './options.ts'
import type { Outcome } from './pulse.ts'
import type { QueueMessage } from './queue.ts'

/** Hands a message over as a request of its own kind, and reads the reply. Never rejects, since `receive` does not. */
export async function take(
  { id, body, received, sentAt }: QueueMessage,
  { bouncy, provider, raw, logger }: SqsSettings,
): Promise<Outcome> {
  const request: WebhookRequest = {
    method: 'POST',
    url: '/sqs',
    body: new TextEncoder().encode(body),
    header: () => undefined,
  }
  markQueued(request, { raw, id, ...(sentAt === undefined ? {} : { time: sentAt }) })
  const { status } = await bouncy.receive(provider, request)
  if (status >= 200 && status < 300) return 'taken'
  const facts = { provider, id, received, status }
  if (status >= 500) {
    logger.warn(
      { code: 'message-retried', ...facts },
      'a message could not be stored or handled; it comes again',
    )
    return 'retried'
  }
  // what is too large is refused before any ses() looks at it
  if (isMarked(request) && status !== 413) {
    // a fault of ours, which the message must not pay for
    logger.error(
      { code: 'provider-missing', ...facts },
      'no ses() looked at a message: `provider` has to be its name, and both have to be imported, or both required',
    )
    return 'retried'
  }
  logger.warn(
    { code: 'message-refused', ...facts },
    'a message was refused; the redrive policy moves it away',
  )
  return 'refused'
}
