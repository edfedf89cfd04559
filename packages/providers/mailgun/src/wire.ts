import * as z from 'zod/mini'

/** What proves a post: ten digits of seconds since the epoch, and each signature 64 hexadecimal digits. */
export type Signature = Readonly<Record<'timestamp' | 'token' | 'signature' | 'parent-signature', string>>

/**
 * Reads what proves a post; strict. Nothing stands between timestamp and token where they are signed: since the one
 * always has ten digits, no signature fits another cut. Only an event of a subaccount has a `parent-signature`.
 */
export const readSignature = (value: unknown): Signature | undefined => proof.safeParse(value).data

/**
 * The fields of `event-data` that are read, of every event. What is null, empty or of another type than documented counts
 * as absent, so that nothing fails; a number is the text of its digits, and a variable that is no text is its JSON.
 * Source: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads
 */
export type EventData = Each<'event' | 'id' | 'timestamp' | 'recipient' | 'severity' | 'reason'> &
  Each<'url' | 'ip'> & {
    readonly tags: readonly string[]
    readonly 'user-variables': Readonly<Record<string, string>>
    readonly message: { readonly headers: Each<'message-id' | 'to' | 'from' | 'subject'> }
    readonly envelope: Each<'targets'>
    readonly 'delivery-status': Each<'code' | 'message' | 'description' | 'mx-host'> &
      Each<'enhanced-code' | 'bounce-code' | 'bounce-type'>
    readonly reject: Each<'reason'>
    readonly 'client-info': Each<'user-agent'>
    readonly 'mailing-list': Each<'address'>
  }

type Each<Name extends string> = { readonly [Key in Name]?: string | undefined }

/** Reads what happened; total. What is no object has none of the fields. */
export const readEvent = (value: unknown): EventData => event.parse(value)

const filled = z.string().check(z.minLength(1))
const text = z.catch(z.optional(z.union([filled, z.pipe(z.number(), z.transform(String))])), undefined)
const hex = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const proof = z.object({
  timestamp: z.pipe(text, z.string().check(z.regex(/^\d{10}$/))),
  token: z.string().check(z.regex(/^[\w-]{1,128}$/)),
  signature: hex,
  'parent-signature': z.catch(hex, ''),
})

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
const record = z.catch(z.record(z.string(), z.unknown()), {})
const part = <Shape extends z.core.$ZodShape>(shape: Shape) => z.pipe(record, z.object(shape))
const each = <Name extends string>(...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, text])) as Record<Name, typeof text>

const event = part({
  ...each('event', 'id', 'timestamp', 'recipient', 'severity', 'reason', 'ip', 'url'),
  tags: z.catch(z.array(filled), []),
  'user-variables': z.catch(z.record(z.string(), z.pipe(z.unknown(), z.transform(asText))), {}),
  message: part({ headers: part(each('message-id', 'to', 'from', 'subject')) }),
  envelope: part(each('targets')),
  'delivery-status': part({
    ...each('code', 'message', 'description', 'mx-host', 'enhanced-code', 'bounce-code', 'bounce-type'),
  }),
  reject: part(each('reason')),
  'client-info': part(each('user-agent')),
  'mailing-list': part(each('address')),
})
