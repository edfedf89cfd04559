import type { WebhookRequest } from '@bouncy/core'

/** A request as a provider would post it; the second argument of `fetch`. */
export interface Post {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** A post as a binding would hand it to a provider. */
export function toWebhookRequest(post: Post, overrides: Partial<WebhookRequest> = {}): WebhookRequest {
  const headers = new Headers(post.headers)
  return {
    method: post.method,
    url: '/webhooks/test',
    body: typeof post.body === 'string' ? new TextEncoder().encode(post.body) : post.body,
    header: (name) => headers.get(name) ?? undefined,
    remoteAddress: '127.0.0.1',
    ...overrides,
  }
}
