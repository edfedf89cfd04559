import type { Bouncy, Provider, UnreadRequest, WebhookReply, WebhookRequest } from '@bouncy/core'
import type { Store } from '@bouncy/core/store'

/** How far a request goes before 200 is said: its bytes are read, its sender is known, its events are there, or all but the store. */
export type Stage = 'read' | 'verified' | 'parsed' | 'decided'

const OK: WebhookReply = { status: 200 }
const MAX_BYTES = 5 * 1024 * 1024

/** Says 200 when a request has come so far; there is nothing of Bouncy behind it but the binding and the provider. */
export function upTo(stage: Exclude<Stage, 'decided'>, provider: Provider): Bouncy['receive'] {
  return async (_name, request) => {
    const whole = await read(request)
    if (stage === 'read') return OK
    const payload = await provider.verify(whole)
    if (stage === 'parsed') provider.parse(payload)
    return OK
  }
}

async function read(request: WebhookRequest | UnreadRequest): Promise<WebhookRequest> {
  if (!('read' in request)) return request
  const { method, url } = request
  return { method, url, header: (name) => request.header(name), body: await request.read(MAX_BYTES) }
}

/** Calls every event new and keeps none. */
export function forgetful(store: Store): Store {
  return {
    ...store,
    record: async ({ events }) => ({
      tokenReused: false,
      events: events.map(({ event }) => ({ id: event.id, state: 'new', attempt: 0 })),
    }),
  }
}
