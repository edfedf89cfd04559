import type { EventBase, MailEvent, Parsed } from '@bouncy/core'
import { eventId, eventTime, given, statusIn } from '@bouncy/core/provider'
import { BOUNCE_TYPES, DROP_REASONS, judge } from './mapping.ts'
import type { SendgridPayload } from './verify.ts'
import { customArguments, type Fields, readFields } from './wire.ts'

/** A post is as many events as it has elements; pure and total. */
export function parseBatch(name: string, payload: SendgridPayload): Parsed {
  const parts = payload.map((element) => parseElement(name, element))
  return {
    events: parts.flatMap(({ events }) => events),
    quarantined: parts.flatMap(({ quarantined = [] }) => quarantined),
    notices: parts.flatMap(({ notices = [] }) => notices),
  }
}

/** What is wrong with an element is the name under which it is kept in quarantine; the others are not touched. */
function parseElement(name: string, raw: unknown): Parsed {
  const quarantine = (reason: string): Parsed => ({ events: [], quarantined: [{ reason, raw }] })
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return quarantine('not-an-object')
  const fields = readFields(raw)
  const facts = factsOf(fields)
  const notices = fields.event === 'account_status_change' ? [NOTICE] : []
  if (typeof facts === 'string') return { ...quarantine(facts), notices }
  if (fields.email === undefined) return quarantine('recipient-missing')
  const base: EventBase = {
    id: eventId(name, fields.email, ...identityOf(fields)),
    provider: name,
    recipient: fields.email,
    ...eventTime(timeOf(fields)),
    ...given({ messageId: fields.sg_message_id?.split('.', 1)[0] }),
    tags: [fields.category ?? []].flat(),
    metadata: customArguments(raw),
    raw,
  }
  return { events: [{ ...base, ...facts }] }
}

const NOTICE = {
  code: 'account-status-changed',
  message: 'SendGrid changed the status of the account; it may have stopped sending. Look into its console.',
}

/** An event without what all events have; only some have a stream. */
type Facts = MailEvent extends infer E ? (E extends MailEvent ? Omit<E, Common> : never) : never
type Common = Exclude<keyof EventBase, 'stream'>

/** What happened, or why that cannot be said. */
function factsOf(fields: Fields): Facts | string {
  const { event = '', reason, response, asm_group_id: group } = fields
  const reader = given({ userAgent: fields.useragent, ip: fields.ip })
  switch (event) {
    case 'processed':
      return { type: 'send' }
    case 'delivered':
      return { type: 'delivery', ...given({ smtpResponse: response }) }
    case 'deferred': {
      const { countsAgainstRecipient: _, ...why } = failureOf(fields, false, response ?? reason)
      return { type: 'deferral', providerType: event, ...why }
    }
    case 'bounce': {
      const bounceType = BOUNCE_TYPES.get(fields.type) ?? 'undetermined'
      const providerType = [fields.type ?? event, fields.bounce_classification ?? []].flat().join('/')
      const failure = failureOf(fields, bounceType === 'hard', reason ?? response)
      return { type: 'bounce', bounceType, providerType, ...failure }
    }
    case 'dropped': {
      const [, why = 'unknown'] = DROP_REASONS.find(([words]) => words.test(reason ?? '')) ?? []
      return { type: 'reject', reason: why, providerType: reason ?? event, ...given({ diagnostic: reason }) }
    }
    case 'spamreport':
      return { type: 'complaint', feedbackType: 'abuse', certain: true }
    case 'unsubscribe':
      return { type: 'unsubscribe', origin: 'recipient' }
    case 'group_unsubscribe':
      return { type: 'unsubscribe', origin: 'recipient', ...streamOf(group) }
    case 'group_resubscribe':
      // Without its group it would lift everything that came from this account.
      if (group === undefined) return 'group-missing'
      return { type: 'resubscribe', origin: 'recipient', ...streamOf(group) }
    case 'open':
      return { type: 'open', ...reader }
    case 'click':
      return { type: 'click', ...given({ url: fields.url }), ...reader }
    default:
      return event === '' ? 'event-missing' : `event-unknown: ${event.slice(0, 40)}`
  }
}

/**
 * The group is the stream: leaving it stops its mail only, and joining it again lifts only that. Bounces and complaints
 * get no stream, though they may name a group too: joining again would lift them.
 */
const streamOf = (group?: string | number): { readonly stream?: string } =>
  group === undefined ? {} : { stream: `group:${group}` }

/** Why a message did not arrive, from the fields and from what the server said. */
function failureOf(fields: Fields, hard: boolean, diagnostic?: string) {
  const status = statusIn(fields.status) ?? statusIn(diagnostic)
  const exact = status?.endsWith('.0.0') ? statusIn(diagnostic) : status
  const verdict = judge(hard, fields.bounce_classification, { status: exact, diagnostic })
  return { ...verdict, ...given({ status, diagnostic }) }
}

/**
 * What makes an event this one and no other. `sg_event_id` does not: it differs at a retry, and some have none.
 * Sources: https://github.com/sendgrid/sendgrid-nodejs/issues/1435, https://github.com/sendgrid/docs/issues/2862
 */
function identityOf(fields: Fields): readonly string[] {
  const { event, sg_message_id, timestamp, attempt, reason, response, url, asm_group_id, ip } = fields
  const parts = [event, sg_message_id, timestamp, attempt, reason ?? response, url, asm_group_id, ip]
  return parts.map((part) => String(part ?? ''))
}

function timeOf({ timestamp }: Fields): string | undefined {
  const ms = Number(timestamp) * 1000
  return ms > 0 && ms < 8.64e15 ? new Date(ms).toISOString() : undefined
}
