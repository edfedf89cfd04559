import { each, fields, type Read, text } from '@bouncy/core/provider'

/**
 * The fields of a post that are read, of every type. What is null, empty or of another type than documented counts as
 * absent, so that nothing fails.
 * Source: https://resend.com/docs/webhooks/event-types and the page of each type
 */
export type Post = Each<'type' | 'created_at'> & { readonly data: Data }

/** `data` of an `email.…` and of a `suppression.…` post. */
export type Data = Each<'email_id' | 'message_id' | 'from' | 'subject' | 'created_at'> &
  Each<'id' | 'email' | 'origin' | 'source_id'> & {
    readonly to: readonly string[]
    readonly tags: Readonly<Record<string, string>>
    readonly bounce: Each<'type' | 'subType' | 'message'> & { readonly diagnosticCode: readonly string[] }
    readonly suppressed: Each<'type' | 'message'>
    readonly failed: Each<'reason'>
    readonly click: Reader
    readonly open: Reader
  }

type Reader = Each<'link' | 'userAgent' | 'ipAddress'>
type Each<Name extends string> = { readonly [Key in Name]?: string | undefined }

const texts: Read<readonly string[]> = (value) =>
  (Array.isArray(value) ? value : [value]).filter((one) => text(one) !== undefined)

/** An object, or a list as it was sent: `[{ name, value }]`. */
const tags: Read<Readonly<Record<string, string>>> = (value) => {
  const pairs = Array.isArray(value)
    ? value.map((tag) => [tag?.name, tag?.value])
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
      : []
  return Object.fromEntries(
    pairs.filter(([name, tag]) => typeof name === 'string' && typeof tag === 'string'),
  )
}

/** Reads a post; total. */
export const readPost: Read<Post> = fields({
  ...each(text, 'type', 'created_at'),
  data: fields({
    ...each(text, 'email_id', 'message_id', 'from', 'subject', 'created_at'),
    ...each(text, 'id', 'email', 'origin', 'source_id'),
    to: texts,
    tags,
    bounce: fields({ ...each(text, 'type', 'subType', 'message'), diagnosticCode: texts }),
    suppressed: fields(each(text, 'type', 'message')),
    failed: fields(each(text, 'reason')),
    click: fields(each(text, 'link', 'userAgent', 'ipAddress')),
    open: fields(each(text, 'userAgent', 'ipAddress')),
  }),
})
