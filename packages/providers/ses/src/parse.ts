import { addressKey, type EventBase, type MailEvent, type Parsed } from '@bouncy/core'
import { eventId } from '@bouncy/core/provider'
import { type Common, commonOf } from './common.ts'
import type { Facts } from './facts.ts'
import { identityOf } from './identity.ts'
import { kindOf } from './kinds.ts'
import type { Carried } from './report.ts'
import { type Message, type Recipient, readMessage, readPart, readRecipient } from './wire.ts'

/** SES itself allows 50 for a message. */
const MOST_RECIPIENTS = 1_000

/** What a message of SES means, an event for each recipient; pure and total. What is not understood is kept by name. */
export function parseMessage(name: string, carried: Carried): Parsed {
  const keep = (reason: string) => [{ reason, raw: carried.message }]
  const quarantine = (reason: string): Parsed => ({ events: [], quarantined: keep(reason) })

  if (typeof carried.message === 'string' && SET_UP_TEXT.test(carried.message)) return { events: [] }
  const message = readMessage(carried.message)
  if (message === undefined) return quarantine('message-no-object')
  if (isSetUp(message)) return { events: [] }
  const { mail, eventType, notificationType } = message
  const type = eventType ?? notificationType ?? carried.type
  if (type === undefined) return quarantine('type-missing')
  const kind = kindOf(type)
  if (kind === undefined) return quarantine(`type-unknown: ${type.slice(0, 40)}`)
  const part = readPart(carried.message, kind.key)
  const named = kind.recipients(part, mail)
  if (named.length === 0) return quarantine('recipient-missing')
  if (named.length > MOST_RECIPIENTS) return quarantine('recipients-too-many')

  const report = { kind, part, mail, carried }
  const common = commonOf(name, report)
  const identity = identityOf(report)
  const recipients = named.flatMap(addressed)
  const unreadable = recipients.length < named.length
  const alone =
    !unreadable && (recipients.length === 1 || new Set(recipients.map(({ key }) => key)).size === 1)
  const events = recipients.flatMap(({ address, recipient }) =>
    kind.read(part, recipient, alone).map((facts) => eventOf(common, address, facts, identity)),
  )
  if (unreadable) return { events: gravestById(events), quarantined: keep('recipient-unreadable') }
  return events.length === 0 ? quarantine('change-unreadable') : { events: gravestById(events) }
}

/** What AWS writes when a topic is connected to SES: not about mail. */
const SET_UP_TEXT = /^\s*(Successfully validated SNS topic for Amazon SES|AMAZON_SES_SETUP_NOTIFICATION)/

const isSetUp = ({ notificationType, mail }: Message): boolean =>
  notificationType === 'AmazonSnsSubscriptionSucceeded' || mail.messageId === 'AMAZON_SES_SETUP_NOTIFICATION'

interface Addressed {
  readonly address: string
  readonly key: string
  readonly recipient: Recipient
}

function addressed(entry: unknown): readonly Addressed[] {
  const recipient = readRecipient(entry)
  const address = bareAddress(recipient.emailAddress ?? '')
  const key = addressKey(address)
  return key === undefined ? [] : [{ address, key, recipient }]
}

/** Destinations may carry a display name (RFC 5322), and what a DSN says its type (RFC 3464: `rfc822; a@b.example`). */
function bareAddress(text: string): string {
  if (PLAIN.test(text)) return text
  const mailbox = text.replace(/^\s*rfc822\s*;/i, '')
  return (/<([^<>]*)>\s*$/.exec(mailbox)?.[1] ?? mailbox).trim()
}

/** Nothing in it that would have to be taken off. */
const PLAIN = /^[^\s;<>]+$/

function eventOf(common: Common, recipient: string, facts: Facts, identity: readonly string[]): MailEvent {
  const own = facts.stream === undefined ? [] : [facts.stream]
  const base: EventBase = {
    id: eventId(common.provider, recipient, ...identity, ...own),
    recipient,
    ...common,
  }
  return { ...base, ...facts, metadata: { ...base.metadata, ...facts.metadata } }
}

/** A list may name somebody twice, failed and delayed, or in To and in Cc: what weighs most is the event. */
function gravestById(events: readonly MailEvent[]): readonly MailEvent[] {
  if (events.length < 2) return events
  const kept = new Map<string, MailEvent>()
  for (const event of events) {
    const other = kept.get(event.id)
    if (other === undefined || gravity(event) > gravity(other)) kept.set(event.id, event)
  }
  return [...kept.values()]
}

const gravity = (event: MailEvent): number =>
  event.type === 'bounce' ? (event.bounceType === 'hard' ? 2 : 1) : 0
