import {
  type Provider,
  WebhookError,
  type WebhookErrorCode,
  type WebhookReply,
  type WebhookRequest,
} from '@bouncy/core'

/** Stands in every error that the kit's provider throws; no sender may ever read it. */
export const CANARY = 'canary-4f1d'

/** What the kit's provider answers a handshake with: nothing of it may change on its way. */
export const HANDSHAKE: Required<WebhookReply> = {
  status: 202,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-kit-answer': 'a; b="c"' },
  body: 'Grüße',
}

/** The largest body that the kit's provider takes. */
export const MAX_BODY_BYTES: number = 64 * 1024

/** A provider that keeps what it was given, and does as the headers say. */
export interface KitProvider extends Provider<WebhookRequest> {
  readonly received: readonly WebhookRequest[]
  /** Lets the requests go on that came with `x-kit: hold`. */
  release(): void
  /** Resolves when that many requests are held. */
  held(count: number): Promise<void>
}

/**
 * `x-kit: hold` waits for `release`, `x-kit: handshake` answers at once, `x-kit: throw` throws what is no
 * `WebhookError`, and any code of a `WebhookError` throws that.
 */
export function kitProvider(): KitProvider {
  const received: WebhookRequest[] = []
  const gate = Promise.withResolvers<void>()
  const waiting: { readonly count: number; readonly resolve: () => void }[] = []
  let holding = 0

  return {
    name: 'kit',
    maxBodyBytes: MAX_BODY_BYTES,
    received,
    release: gate.resolve,
    async held(count) {
      if (holding < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }))
    },
    async verify(request) {
      const order = request.header('x-kit')
      received.push({ ...request, body: Uint8Array.from(request.body) })
      if (order === 'throw') throw new TypeError(CANARY)
      if (order === 'hold') {
        holding += 1
        for (const { count, resolve } of waiting) if (holding >= count) resolve()
        await gate.promise
      } else if (order !== undefined && order !== 'handshake') {
        throw new WebhookError(order as WebhookErrorCode, `[bouncy/kit] ${CANARY}`)
      }
      return request
    },
    handshake: async (request) => (request.header('x-kit') === 'handshake' ? HANDSHAKE : undefined),
    parse: () => ({ events: [] }),
  }
}
