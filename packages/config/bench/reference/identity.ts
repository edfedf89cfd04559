import { createHash } from 'node:crypto'

/**
 * The id of an event, by which a redelivery is known: a digest of the account, of what identifies the notification and of
 * the address. Who writes it by hand knows that the addresses of his users are plain ASCII, and puts them in lower case.
 */
export function identity(account: string, recipient: string, ...parts: readonly string[]): string {
  const text = JSON.stringify([account, ...parts, recipient.toLowerCase()])
  return `${account}_${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`
}
