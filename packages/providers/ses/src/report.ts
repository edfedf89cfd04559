import type { Kind } from './kinds.ts'
import type { Mail, Part } from './wire.ts'

/** What SES wrote, with what the transport that carried it says besides. */
export interface Carried {
  /** The message, parsed; text, where it is no JSON. */
  readonly message: unknown
  /** The transport's own id, the same for every retry: SNS's MessageId, EventBridge's `id`. */
  readonly id?: string | undefined
  /** When the transport took it over. */
  readonly time?: string | undefined
  /** The transport's name of the type, where the message has none: EventBridge's `detail-type`. */
  readonly type?: string | undefined
}

/** One message of SES as it was read. */
export interface Report {
  readonly kind: Kind
  readonly part: Part
  readonly mail: Mail
  readonly carried: Carried
}
