import * as z from 'zod/mini'

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

/** Reads a post; total. */
export const readPost = (payload: object): Post => schema.parse(payload)

const text = z.catch(z.optional(z.string().check(z.minLength(1))), undefined)
const flag = z.catch(z.optional(z.boolean()), undefined)
const id = z.catch(z.optional(z.union([z.string(), z.number()])), undefined)

const schema = z.object({
  ...each(text, 'RecordType', 'MessageStream', 'Tag'),
  /** All zeros, as in test posts, is none. */
  MessageID: z.catch(z.optional(z.string().check(z.regex(/[^0-]/))), undefined),
  ...each(text, 'Type', 'Email', 'From', 'Subject', 'Details', 'BouncedAt'),
  ...each(text, 'Recipient', 'DeliveredAt', 'ReceivedAt', 'UserAgent', 'OriginalLink'),
  ...each(text, 'ChangedAt', 'SuppressionReason', 'Origin'),
  ...each(flag, 'Inactive', 'SuppressSending'),
  ...each(id, 'ID', 'ServerID'),
  Geo: z.catch(z.optional(z.object({ IP: text })), undefined),
  ...each(z.optional(z.unknown()), 'FromFull', 'OriginalRecipient'),
  Metadata: z.catch(z.record(z.string(), z.unknown()), {}),
})

function each<Name extends string, Field>(field: Field, ...names: readonly Name[]): Record<Name, Field> {
  return Object.fromEntries(names.map((name) => [name, field])) as Record<Name, Field>
}
