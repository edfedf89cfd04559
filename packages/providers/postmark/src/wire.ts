import { each, fields, type Read, record, text } from '@bouncy/core/provider'

/**
 * The fields that are read, of every RecordType. What is null, empty or of another type than documented counts as
 * absent, so that nothing fails.
 * Source: https://postmarkapp.com/developer/webhooks/webhooks-overview and the page of each RecordType
 */
export type Post = Fields<'RecordType' | 'MessageID' | 'MessageStream' | 'Tag'> &
  Fields<'Type' | 'Email' | 'From' | 'Subject' | 'Details' | 'BouncedAt'> &
  Fields<'Recipient' | 'DeliveredAt' | 'ReceivedAt' | 'UserAgent' | 'OriginalLink'> &
  Fields<'ChangedAt' | 'SuppressionReason' | 'Origin'> &
  Fields<'Inactive' | 'SuppressSending', boolean> &
  Fields<'ID' | 'ServerID', string | number> &
  Fields<'Geo', Fields<'IP'>> &
  Fields<'FromFull' | 'OriginalRecipient', unknown> & { readonly Metadata: Readonly<Record<string, unknown>> }

type Fields<Name extends string, Value = string> = { readonly [Key in Name]?: Value | undefined }

/** All zeros, as in test posts, is none. */
const messageId: Read<string | undefined> = (value) =>
  typeof value === 'string' && /[^0-]/.test(value) ? value : undefined
const flag: Read<boolean | undefined> = (value) => (typeof value === 'boolean' ? value : undefined)
const id: Read<string | number | undefined> = (value) =>
  Number.isFinite(value) ? (value as number) : text(value)
const geo = fields({ IP: text })
const anything: Read<unknown> = (value) => value

/** Reads a post; total. */
export const readPost: Read<Post> = fields({
  ...each(text, 'RecordType', 'MessageStream', 'Tag'),
  MessageID: messageId,
  ...each(text, 'Type', 'Email', 'From', 'Subject', 'Details', 'BouncedAt'),
  ...each(text, 'Recipient', 'DeliveredAt', 'ReceivedAt', 'UserAgent', 'OriginalLink'),
  ...each(text, 'ChangedAt', 'SuppressionReason', 'Origin'),
  ...each(flag, 'Inactive', 'SuppressSending'),
  ...each(id, 'ID', 'ServerID'),
  Geo: geo,
  ...each(anything, 'FromFull', 'OriginalRecipient'),
  Metadata: record,
})
