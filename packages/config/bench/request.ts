import type { WebhookRequest } from '@bouncy/core'
import type { BenchPost } from './subject.ts'

/** A post as a binding hands it over; header names are in lower case already. */
export function requestOf({ headers, body }: BenchPost, url = '/webhooks'): WebhookRequest {
  const known = new Map(Object.entries(headers))
  return { method: 'POST', url, body: Buffer.from(body), header: (name) => known.get(name.toLowerCase()) }
}

/** Hands out items again and again, in turn. */
export function inTurn<T>(items: readonly T[]): () => T {
  let next = 0
  return () => {
    const item = items[next % items.length]
    next += 1
    return item as T
  }
}
