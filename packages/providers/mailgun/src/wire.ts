import { each, fields, type Read, record, text } from '@bouncy/core/provider'

/** What proves a post: ten digits of seconds since the epoch, and each signature 64 hexadecimal digits. */
export type Signature = Readonly<Record<'timestamp' | 'token' | 'signature' | 'parent-signature', string>>

/**
 * Reads what proves a post; strict. Nothing stands between timestamp and token where they are signed: since the one
 * always has ten digits, no signature fits another cut. Only an event of a subaccount has a `parent-signature`.
 */
export function readSignature(value: unknown): Signature | undefined {
  const { timestamp = '', token, signature, 'parent-signature': parent } = readProof(value)
  const proved = /^\d{10}$/.test(timestamp) && /^[\w-]{1,128}$/.test(token) && HEX.test(signature)
  if (!proved) return undefined
  return { timestamp, token, signature, 'parent-signature': HEX.test(parent) ? parent : '' }
}

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

const figure: Read<string | undefined> = (value) => (Number.isFinite(value) ? String(value) : text(value))
const HEX = /^[0-9a-f]{64}$/
const given: Read<string> = (value) => (typeof value === 'string' ? value : '')
const readProof = fields({ timestamp: figure, ...each(given, 'token', 'signature', 'parent-signature') })

const tags: Read<readonly string[]> = (value) =>
  Array.isArray(value) && value.every((one) => text(one) !== undefined) ? (value as string[]) : []

const variables: Read<Readonly<Record<string, string>>> = (value) =>
  Object.fromEntries(Object.entries(record(value)).map(([name, one]) => [name, asText(one)]))
const asText = (one: unknown): string => (typeof one === 'string' ? one : JSON.stringify(one))

/** Reads what happened; total. What is no object has none of the fields. */
export const readEvent: Read<EventData> = fields({
  ...each(figure, 'event', 'id', 'timestamp', 'recipient', 'severity', 'reason', 'ip', 'url'),
  tags,
  'user-variables': variables,
  message: fields({ headers: fields(each(figure, 'message-id', 'to', 'from', 'subject')) }),
  envelope: fields(each(figure, 'targets')),
  'delivery-status': fields({
    ...each(figure, 'code', 'message', 'description', 'mx-host'),
    ...each(figure, 'enhanced-code', 'bounce-code', 'bounce-type'),
  }),
  reject: fields(each(figure, 'reason')),
  'client-info': fields(each(figure, 'user-agent')),
  'mailing-list': fields(each(figure, 'address')),
})
