import { addressKey, type EventBase, type MailEvent, type Parsed } from '@bouncy/core'
import { bareAddress, eventId, eventTime, given, statusIn } from '@bouncy/core/provider'
import { COMPLAINT, type Meaning, meaningOfBounce, meaningOfChange, refine } from './mapping.ts'
import type { PostmarkPayload } from './verify.ts'
import { type Post, readPost } from './wire.ts'

/** A post is one event, or is kept in quarantine under the name of what is wrong with it; pure and total. */
export function parsePost(name: string, payload: PostmarkPayload): Parsed {
  const quarantine = (reason: string): Parsed => ({ events: [], quarantined: [{ reason, raw: payload }] })
  const post = readPost(payload)
  // The bounces of 2010 have no RecordType.
  const recordType = post.RecordType ?? (post.Type && post.Email ? 'Bounce' : undefined)
  if (recordType === undefined)
    return quarantine(post.FromFull || post.OriginalRecipient ? 'inbound-message' : 'record-type-missing')
  const facts = factsOf(recordType, post)
  if (typeof facts === 'string') return quarantine(facts)
  const recipient = bareAddress(post.Email ?? post.Recipient ?? '')
  if (recipient === '') return quarantine('recipient-missing')
  if (addressKey(recipient) === undefined) return quarantine('recipient-unreadable')
  const time = post.BouncedAt ?? post.DeliveredAt ?? post.ReceivedAt ?? post.ChangedAt
  const metadata = Object.entries(post.Metadata).filter(([, value]) => typeof value === 'string')
  const base: EventBase = {
    id: eventId(name, recipient, recordType, ...identityOf(post, time, payload)),
    provider: name,
    recipient,
    ...eventTime(time),
    ...given({ messageId: post.MessageID, stream: post.MessageStream }),
    tags: post.Tag === undefined ? [] : [post.Tag],
    metadata: Object.fromEntries(metadata) as Record<string, string>,
    ...(post.From || post.Subject ? { message: given({ from: post.From, subject: post.Subject }) } : {}),
    raw: payload,
  }
  return { events: [{ ...base, ...facts }] }
}

/** An event without what all events have. */
type Facts = MailEvent extends infer E ? (E extends MailEvent ? Omit<E, keyof EventBase> : never) : never

/** What happened, or why that cannot be said. */
function factsOf(recordType: string, post: Post): Facts | string {
  const reader = given({ userAgent: post.UserAgent, ip: post.Geo?.IP })
  switch (recordType) {
    case 'Bounce':
      if (post.Type === undefined) return 'type-missing'
      return describe(meaningOfBounce(post.Type, post.Inactive), post.Type, post.Details)
    case 'SpamComplaint':
      return COMPLAINT
    case 'Delivery':
      return { type: 'delivery', ...given({ smtpResponse: post.Details }) }
    case 'Open':
      return { type: 'open', ...reader }
    case 'Click':
      return { type: 'click', ...given({ url: post.OriginalLink }), ...reader }
    case 'SubscriptionChange': {
      if (post.SuppressSending === undefined) return 'suppress-sending-missing'
      const meaning = meaningOfChange(post.SuppressSending, post.SuppressionReason, post.Origin)
      return describe(meaning, `SubscriptionChange/${post.SuppressionReason}`)
    }
    default:
      return `record-type-unknown: ${recordType.slice(0, 40)}`
  }
}

/** `Description` is one text for all bounces of a type; what the server said stands in `Details` only. */
function describe(meaning: Meaning, providerType: string, diagnostic?: string): Facts {
  const status = statusIn(diagnostic)
  switch (meaning.type) {
    case 'bounce':
    case 'deferral':
      return { ...refine(meaning, { status, diagnostic }), providerType, ...given({ status, diagnostic }) }
    case 'reject':
    case 'failure':
    case 'autoreply':
      return { ...meaning, providerType, ...given({ diagnostic }) }
    default:
      return meaning
  }
}

/**
 * What makes a notification this one and no other. `ID` alone does not: most have none, and in test posts it is 42.
 * Without id it is also what the server said, and without time as well all that the post says.
 */
function identityOf(post: Post, time: string | undefined, payload: PostmarkPayload): readonly string[] {
  const sender = [post.ID, post.ServerID, post.MessageStream, post.MessageID, time]
  const matter = [post.Type, post.Inactive, post.OriginalLink, post.SuppressSending, post.SuppressionReason]
  const rest = post.ID ?? (time === undefined ? JSON.stringify(payload) : post.Details)
  return [...sender, ...matter, rest].map((part) => String(part ?? ''))
}
