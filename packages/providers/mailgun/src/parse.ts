import { addressKey, type EventBase, type MailEvent, type Parsed } from '@bouncy/core'
import { eventId, eventTime, given, statusIn } from '@bouncy/core/provider'
import { meaningOf } from './mapping.ts'
import type { MailgunPayload } from './verify.ts'
import { type EventData, readEvent } from './wire.ts'

/** A post is an event for each recipient, or is kept in quarantine by the name of what is wrong; pure and total. */
export function parsePost(name: string, { data: raw, signedAt, token }: MailgunPayload): Parsed {
  const quarantine = (reason: string): Parsed => ({
    events: [],
    tokens: [token],
    quarantined: [{ reason, raw }],
  })
  const data = readEvent(raw)
  const facts = factsOf(data)
  if (typeof facts === 'string') return quarantine(facts)
  const recipients = new Map(recipientsOf(data).map((one) => [addressKey(one), one]))
  recipients.delete(undefined) // what a route forwards to may be a URL
  if (recipients.size === 0) return quarantine('recipient-missing')
  if (recipients.size > 1_000) return quarantine('recipients-too-many')
  const { 'message-id': messageId, from, subject } = data.message.headers
  // who unsubscribes from everything that the domain sends has the tag *, and does not mean a mailing list alone
  const stream = data.tags.includes('*') ? undefined : data['mailing-list'].address
  const base: Omit<EventBase, 'id' | 'recipient'> = {
    provider: name,
    ...eventTime(timeOf(data), signedAt),
    ...given({ messageId: messageId?.replace(/^<|>$/g, ''), stream }),
    tags: data.tags,
    metadata: data['user-variables'],
    ...(from || subject ? { message: given({ from, subject }) } : {}),
    raw,
  }
  // Mailgun's id is unique within a day
  const { event = '', id = token.binding, timestamp = '' } = data
  const idOf = (recipient: string): string => eventId(name, recipient, event, id, timestamp)
  const events = [...recipients.values()].map((one) => ({ id: idOf(one), recipient: one, ...base, ...facts }))
  return { events, tokens: [token] }
}

/** An event without what all events have. */
type Facts = MailEvent extends infer E ? (E extends MailEvent ? Omit<E, keyof EventBase> : never) : never

/** What happened, or why that cannot be said. */
function factsOf(data: EventData): Facts | string {
  const { event = '', ip, url } = data
  const why = given({ diagnostic: data.reject.reason })
  const { message: smtpResponse, 'mx-host': remoteMta } = data['delivery-status']
  const reader = given({ userAgent: data['client-info']['user-agent'], ip })
  switch (event) {
    case 'accepted':
      return { type: 'send' }
    case 'rejected':
      return { type: 'reject', reason: 'policy', providerType: event, ...why }
    case 'delivered':
      return { type: 'delivery', ...given({ smtpResponse, remoteMta }) }
    case 'failed':
      return failureOf(data)
    case 'opened':
      return { type: 'open', ...reader }
    case 'clicked':
      return { type: 'click', ...given({ url }), ...reader }
    case 'unsubscribed':
      return { type: 'unsubscribe', origin: 'recipient' }
    case 'complained':
      return { type: 'complaint', feedbackType: 'abuse', certain: true }
    default:
      return event === '' ? 'event-missing' : `event-unknown: ${event.slice(0, 40)}`
  }
}

/** `message` is what the server said; `description` is what Mailgun says, or the text of a bounce that came by mail. */
function failureOf(data: EventData): Facts {
  const { code, message, description, 'mx-host': remoteMta, ...said } = data['delivery-status']
  const diagnostic = message ?? description
  const coded = [said['enhanced-code'], said['bounce-code'], code, diagnostic].flatMap(
    (text) => statusIn(text) ?? [],
  )
  const status = coded.find((one) => !one.endsWith('.0.0')) ?? coded[0]
  const meaning = meaningOf(data, { status, diagnostic })
  const providerType = [data.severity ?? [], data.reason ?? []].flat().join('/') || 'failed'
  if (meaning.type === 'reject') return { ...meaning, providerType, ...given({ diagnostic }) }
  return { ...meaning, providerType, ...given({ status, diagnostic, remoteMta }) }
}

/** Not the envelope's, where the message went in the end. A rejected one names nobody, and is all in its To (RFC 5322). */
function recipientsOf({ event, recipient, message, envelope }: EventData): readonly string[] {
  if (recipient !== undefined) return [/<([^<>]*)>\s*$/.exec(recipient)?.[1] ?? recipient]
  if (event !== 'rejected') return []
  return (message.headers.to ?? envelope.targets ?? '').replace(/"[^"]*"/g, '').split(/[\s<>,;:()]+/)
}

/** Seconds with a fraction, a product of which might be the next millisecond: the digits are cut as text. */
function timeOf({ timestamp = '' }: EventData): string | undefined {
  const [, seconds, fraction = ''] = /^(\d{1,11})(?:\.(\d+))?$/.exec(timestamp) ?? []
  return seconds && new Date(Number(seconds + fraction.slice(0, 3).padEnd(3, '0'))).toISOString()
}
