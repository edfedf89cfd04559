import type { WebhookRequest } from '@bouncy/core'

/** What is known of a message that came through a queue. */
export interface Queued {
  /** Whether what carries no signature is taken, because only those may write to the queue who are trusted. */
  readonly raw: boolean
  /** The queue's own id of the message, the same each time it is received. */
  readonly id: string
  /** When the queue took it over; ISO 8601. */
  readonly time?: string
}

/**
 * Requests that `consumeSqs` made of queue messages. Only objects of this process can be in here, so nothing that comes
 * over HTTP can be taken for one of them. Both entries of the package have to share this module: a build of one file
 * each would refuse what comes from queues.
 */
const marks = new WeakMap<WebhookRequest, Queued>()

/** Says that a request was made of a queue message. */
export function markQueued(request: WebhookRequest, queued: Queued): void {
  marks.set(request, queued)
}

/** Takes the mark of a request, if it has one; from then on it is like any other. */
export function takeMark(request: WebhookRequest): Queued | undefined {
  const queued = marks.get(request)
  if (queued !== undefined) marks.delete(request)
  return queued
}

/** Whether a request still has its mark: no `ses()` has looked at it. */
export const isMarked = (request: WebhookRequest): boolean => marks.has(request)
