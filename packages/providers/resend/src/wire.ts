import * as z from 'zod/mini'

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

/** Reads a post; total. */
export const readPost = (payload: object): Post => schema.parse(payload)

const filled = z.string().check(z.minLength(1))
const text = z.catch(z.optional(filled), undefined)
const texts = z.pipe(
  z.optional(z.unknown()),
  z.transform((value) => [value].flat().filter((one) => typeof one === 'string' && one !== '') as string[]),
)
/** An object, or a list as it was sent: `[{ name, value }]`. */
const tags = z.pipe(
  z.optional(z.unknown()),
  z.transform((value): Record<string, string> => {
    const listed = Array.isArray(value) ? value.map((tag) => [tag?.name, tag?.value]) : undefined
    const pairs = listed ?? (typeof value === 'object' ? Object.entries(value ?? {}) : [])
    return Object.fromEntries(pairs.filter((pair) => pair.every((part) => typeof part === 'string')))
  }),
)

const each = <Name extends string>(...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, text])) as Record<Name, typeof text>

/** What is no object has none of the fields. */
const part = <Shape extends z.core.$ZodShape>(shape: Shape) =>
  z.pipe(z.catch(z.record(z.string(), z.unknown()), {}), z.object(shape))

const schema = z.object({
  ...each('type', 'created_at'),
  data: part({
    ...each('email_id', 'message_id', 'from', 'subject', 'created_at', 'id', 'email', 'origin', 'source_id'),
    to: texts,
    tags,
    bounce: part({ ...each('type', 'subType', 'message'), diagnosticCode: texts }),
    suppressed: part(each('type', 'message')),
    failed: part(each('reason')),
    click: part(each('link', 'userAgent', 'ipAddress')),
    open: part(each('userAgent', 'ipAddress')),
  }),
})
