import type { MailEvent } from './events.ts'
import type { Token } from './store.ts'

/** One request as the provider sent it. */
export interface WebhookRequest {
  readonly method: string
  /** Path and query as received. */
  readonly url: string
  /** The exact bytes. */
  readonly body: Uint8Array
  /** The value of a header, whatever the case of `name`; several values are joined as HTTP joins them. */
  header(name: string): string | undefined
  readonly remoteAddress?: string
}

/**
 * A request whose body has not been read yet, as a binding hands it over: the cheap refusals come before the body,
 * and the limit is that of the provider it is addressed to.
 */
export interface UnreadRequest extends Omit<WebhookRequest, 'body'> {
  /**
   * Reads the exact bytes.
   * @throws WebhookError `body-too-large`, `body-too-slow`, `body-already-read`, `request-aborted`, `overloaded`
   */
  read(maxBytes: number): Promise<Uint8Array>
}

/** What the provider is answered. */
export interface WebhookReply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * Reads one provider's webhooks. `verify` turns bytes into a trusted payload or throws; `parse` takes only what
 * `verify` returned.
 */
// biome-ignore lint/suspicious/noExplicitAny: a list of providers holds payloads of different types; each stays inside its provider
export interface Provider<Payload = any> {
  /** `event.provider` and the last segment of the webhook's path: lower-case letters, digits, `-`, `_`. */
  readonly name: string
  /** The largest body that is read, in bytes. @default 5 MiB */
  readonly maxBodyBytes?: number
  /** `verify` reads form posts, or says what to switch on instead. @default they are answered 415 before it */
  readonly readsForms?: boolean
  /** Proves where the request comes from. @throws WebhookError */
  verify(request: WebhookRequest): Payload | Promise<Payload>
  /** Answers what is no event but part of setting the webhook up; a reply means that it was one, and is done. */
  handshake?(payload: Payload): Promise<WebhookReply | undefined>
  /** Normalises; pure and total. An event with `timestampFrom: 'receipt'` gets its timestamp from the inbox. */
  parse(payload: Payload): Parsed
}

/** What a verified payload says. */
export interface Parsed {
  readonly events: readonly MailEvent[]
  /** Genuine but not understood: kept, answered 200. */
  readonly quarantined?: readonly { readonly reason: string; readonly raw: unknown }[]
  /** Signed tokens that may be used for one body only; a second body is answered 406. */
  readonly tokens?: readonly Token[]
  /** What an operator should hear of. */
  readonly notices?: readonly Omit<Notice, 'provider'>[]
}

/** Something an operator should hear of, delivered to `createBouncy({ onNotice })`. */
export interface Notice {
  /** A stable word for switches and alarms: `'topic-unsubscribed'`. */
  readonly code: string
  readonly provider: string
  /** One sentence: what happened and what to do. */
  readonly message: string
  /** Facts without secrets, addresses or payloads. */
  readonly details?: Readonly<Record<string, string>>
}
