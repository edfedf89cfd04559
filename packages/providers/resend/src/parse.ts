import { addressKey, type EventBase, type MailEvent, type Parsed } from '@bouncy/core'
import { bareAddress, eventId, eventTime, given, readTime, statusIn } from '@bouncy/core/provider'
import { BOUNCE_TYPES, IGNORED, judge } from './mapping.ts'
import type { ResendPayload } from './verify.ts'
import { type Data, type Post, readPost } from './wire.ts'

/** A post is an event for each recipient, or is kept in quarantine by the name of what is wrong; pure and total. */
export function parsePost(name: string, payload: ResendPayload): Parsed {
  const quarantine = (reason: string): Parsed => ({ events: [], quarantined: [{ reason, raw: payload }] })
  const post = readPost(payload)
  const { type, data } = post
  if (type === undefined) return quarantine('type-missing')
  if (IGNORED.test(type)) return { events: [] }
  const named = [...data.to, data.email ?? []].flat().map(bareAddress).filter(Boolean)
  const recipients = new Map(named.map((one) => [addressKey(one) ?? one, one]))
  const facts = factsOf(type, data)
  if (facts === undefined) return quarantine(`type-unknown: ${type.slice(0, 40)}`)
  if (recipients.size === 0) return quarantine('recipient-missing')
  const base: Omit<EventBase, 'id' | 'recipient'> = {
    provider: name,
    ...eventTime(post.created_at, data.created_at),
    ...given({ messageId: data.email_id ?? data.source_id }),
    tags: Object.entries(data.tags).map(([tag, value]) => `${tag}=${value}`),
    metadata: { ...given({ 'message-id': data.message_id }), ...data.tags },
    ...messageOf(data),
    raw: payload,
  }
  const identity = identityOf(post, payload)
  const meaning = meaningOf(facts, [...recipients.keys()])
  const events = [...recipients].map(([key, recipient]) => ({
    id: eventId(name, recipient, ...identity),
    recipient,
    ...base,
    ...meaning(key),
  }))
  return { events }
}

/** An event without what all events have. */
type Facts = MailEvent extends infer E ? (E extends MailEvent ? Omit<E, keyof EventBase> : never) : never

const COMPLAINT = { type: 'complaint', feedbackType: 'abuse', certain: true } as const

/**
 * What it means for each recipient. A post names one; where it names all of a message, as until 2025, it does not say to
 * whom of them it happened, so it counts against none, but for a bounce the one whom the server named.
 * Source: https://resend.com/changelog/webhook-event-visibility
 */
function meaningOf(facts: Facts, keys: readonly string[]): (key: string) => Facts {
  if (keys.length === 1) return () => facts
  if (facts.type === 'complaint') return () => ({ ...facts, certain: false })
  if (facts.type !== 'bounce') return () => facts
  const words = (facts.diagnostic ?? '').slice(0, 1_000).split(/[\s<>"'(),;:]+/)
  const said = new Set(words.map(addressKey))
  const [meant, ...others] = keys.filter((key) => said.has(key))
  const doubtful: Facts = { ...facts, bounceType: 'undetermined', countsAgainstRecipient: false }
  return (key) => (key === meant && others.length === 0 ? facts : doubtful)
}

/** What happened. */
function factsOf(type: string, data: Data): Facts | undefined {
  switch (type) {
    case 'email.sent':
      return { type: 'send' }
    case 'email.delivered':
      return { type: 'delivery' }
    case 'email.delivery_delayed':
      return { type: 'deferral', reason: 'unknown', providerType: type }
    case 'email.bounced':
      return bounceOf(type, data.bounce)
    case 'email.complained':
      return COMPLAINT
    case 'email.suppressed': {
      const { type: list = type, message } = data.suppressed
      return { type: 'reject', reason: 'suppressed', providerType: list, ...given({ diagnostic: message }) }
    }
    case 'email.failed':
      return { type: 'failure', providerType: data.failed.reason ?? type }
    case 'email.opened':
      return { type: 'open', ...readerOf(data.open) }
    case 'email.clicked':
      return { type: 'click', ...given({ url: data.click.link }), ...readerOf(data.click) }
    case 'suppression.added':
      return additionOf(type, data.origin)
    case 'suppression.removed':
      return { type: 'resubscribe', origin: 'sender' }
    default:
      return undefined
  }
}

function bounceOf(word: string, { type, subType, message, diagnosticCode }: Data['bounce']): Facts {
  const diagnostic = diagnosticCode.join('\n') || message
  const status = statusIn(diagnostic)
  const bounceType = BOUNCE_TYPES.get(type) ?? 'undetermined'
  return {
    type: 'bounce',
    bounceType,
    ...judge(bounceType === 'hard', subType, { status, diagnostic }),
    providerType: [type ?? word, subType ?? []].flat().join('/'),
    ...given({ status, diagnostic }),
  }
}

/**
 * What put an address on the account's list. A hard bounce and a complaint are posted themselves too, in any order; they
 * count here as well, so that the list is complete where only these posts are switched on.
 * Source: https://resend.com/docs/webhooks/suppressions/added
 */
function additionOf(type: string, origin?: string): Facts {
  const listed = { bounceType: 'hard', reason: 'suppressed', countsAgainstRecipient: true } as const
  if (origin === 'bounce') return { type: 'bounce', ...listed, providerType: `${type}/${origin}` }
  return origin === 'complaint' ? COMPLAINT : { type: 'unsubscribe', origin: 'sender' }
}

const readerOf = ({ userAgent, ipAddress }: Data['open']) => given({ userAgent, ip: ipAddress })

function messageOf({ email_id, from, subject, created_at }: Data): Pick<EventBase, 'message'> {
  const message = email_id === undefined ? {} : given({ from, subject, sentAt: readTime(created_at) })
  return Object.keys(message).length === 0 ? {} : { message }
}

/**
 * What makes a notification this one and no other stands in the body. `svix-id`, which is signed and the same at every
 * attempt, tells no more, and is not there where a post is read from a log. Without a time it is all that the post says.
 */
function identityOf({ type = '', created_at, data }: Post, payload: ResendPayload): readonly string[] {
  return [type, data.email_id ?? data.id ?? '', created_at ?? JSON.stringify(payload), data.click.link ?? '']
}
