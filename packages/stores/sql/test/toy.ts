import type { MailEvent, Provider, WebhookReply } from '@bouncy/core'
import { type Bouncy, type BouncyOptions, createBouncy } from '@bouncy/core'
import type { Store } from '@bouncy/core/store'

/** What the smallest provider sends: whole events, or anything else, which it does not understand. */
export type Sent = MailEvent | { readonly riddle: unknown }

const toy: Provider = {
  name: 'toy',
  verify: (request) => JSON.parse(new TextDecoder().decode(request.body)) as unknown,
  parse: (payload: readonly Sent[]) => ({
    events: payload.filter((sent) => 'id' in sent),
    quarantined: payload.filter((sent) => 'riddle' in sent).map((raw) => ({ reason: 'riddle', raw })),
  }),
}

/** A bouncy over a store, with that provider. */
export function bouncyOver(
  store: Store,
  now: () => number = Date.now,
  options: Pick<BouncyOptions, 'retry'> = {},
): Bouncy {
  const peppers = [{ id: '2026', secret: 'a pepper of more than thirty-two characters' }]
  return createBouncy({ providers: [toy], store, now, peppers, sweepEveryMs: false, ...options })
}

/** Sends something as the provider would. */
export function send(bouncy: Bouncy, ...sent: readonly Sent[]): Promise<WebhookReply> {
  return bouncy.receive('toy', {
    method: 'POST',
    url: '/webhooks/toy',
    body: new TextEncoder().encode(JSON.stringify(sent)),
    header: () => undefined,
  })
}
