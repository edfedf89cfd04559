import { each, fields, type Read, text } from '@bouncy/core/provider'

/**
 * The fields of an element that are read, of every event. What is null, empty or of another type than documented counts
 * as absent, so that nothing fails. `timestamp` is in seconds since the epoch.
 * Source: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
 */
export type Fields = Each<'event' | 'email' | 'sg_message_id' | 'type' | 'bounce_classification' | 'status'> &
  Each<'reason' | 'response' | 'url' | 'useragent' | 'ip'> &
  Each<'timestamp' | 'attempt' | 'asm_group_id', string | number> &
  Each<'category', string | readonly string[]>

type Each<Name extends string, Value = string> = { readonly [Key in Name]?: Value | undefined }

/**
 * The sender's own arguments, which SendGrid puts beside its fields: every scalar under a name that is not SendGrid's.
 * Source: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event#unique-arguments-and-custom-arguments
 */
export function customArguments(element: object): Record<string, string> {
  const own = Object.entries(element).filter(
    ([name, value]) => !RESERVED.test(name) && /^(string|number|boolean)$/.test(typeof value),
  )
  return Object.fromEntries(own.map(([name, value]) => [name, String(value)]))
}

const figure: Read<string | number | undefined> = (value) =>
  Number.isFinite(value) ? (value as number) : text(value)
const category: Read<string | readonly string[] | undefined> = (value) =>
  Array.isArray(value) && value.every((one) => text(one) !== undefined) ? (value as string[]) : text(value)

const SHAPE = {
  ...each(text, 'event', 'email', 'sg_message_id', 'type', 'bounce_classification', 'status'),
  ...each(text, 'reason', 'response', 'url', 'useragent', 'ip'),
  ...each(figure, 'timestamp', 'attempt', 'asm_group_id'),
  category,
}

/** Reads an element; total. */
export const readFields: Read<Fields> = fields(SHAPE)

/** SendGrid's names, also of what is not read; `marketing_campaign_…` is documented to come as an argument. */
const RESERVED = new RegExp(
  `^(sg_.*|${Object.keys(SHAPE).join('|')}|smtp-id|tls|cert_err|url_offset|pool|send_at|newsletter|post_type)$`,
)
