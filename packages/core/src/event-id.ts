import { addressKey } from './address.ts'
import { sha256 } from './sha256.ts'

/**
 * The id of an event: the same for the same notification and recipient, for ever, and holding no address. `account` is
 * the provider's registered name; `parts` are what identifies the notification at the provider, most significant first.
 *
 * @example
 * eventId('ses', recipient, 'bounce', feedbackId) // 'ses_Wb1x…', 22 characters after the name
 */
export function eventId(account: string, recipient: string, ...parts: readonly string[]): string {
  const identity = JSON.stringify([account, ...parts, addressKey(recipient) ?? recipient])
  return `${account}_${sha256(identity, 'base64url').slice(0, 22)}`
}
