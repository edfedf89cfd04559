import type { Settings } from './bouncy.ts'
import type { MailEvent } from './events.ts'
import type { Recipient } from './policy.ts'

/** Each item with the user whose address its event concerns. */
export async function withRecipients<T extends { readonly event: MailEvent }>(
  items: readonly T[],
  { resolveRecipient }: Pick<Settings, 'resolveRecipient'>,
): Promise<readonly (T & { readonly recipient?: Recipient | undefined })[]> {
  if (resolveRecipient === undefined) return items
  return Promise.all(items.map(async (item) => ({ ...item, recipient: await resolveRecipient(item.event) })))
}
