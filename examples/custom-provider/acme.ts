/**
 * A provider for Acme Mail, which does not exist: a batch of events a request, signed with HMAC-SHA256 over the time
 * and the exact bytes of the body.
 *
 *     acme-timestamp: 1772615727
 *     acme-signature: 5d41…  hex of HMAC-SHA256(secret, "1772615727." + body)
 *
 *     {"events":[{"id":"e1","kind":"bounced","cause":"no_such_user","to":"kim@example.com",
 *                 "at":"2026-03-04T09:15:27Z","mail":"m1","said":"550 5.1.1 no such user"}]}
 */
import { createHmac } from 'node:crypto'
import {
  addressKey,
  type Bounce,
  type EventBase,
  type MailEvent,
  type Parsed,
  type Provider,
  WebhookError,
  type WebhookRequest,
} from '@bouncy/core'
import { bareAddress, eventId, eventTime, given, readJson, sameSecret } from '@bouncy/core/provider'

export interface AcmeOptions {
  /** The secrets with which Acme may sign; two while one is being replaced. */
  readonly secrets: readonly string[]
  /** `event.provider` and the last segment of the webhook's path. @default 'acme' */
  readonly name?: string
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

/**
 * Receives the webhooks of Acme Mail.
 *
 * @throws TypeError no secret, or one that is too short to be one
 */
export function acme({ secrets, name = 'acme', now = Date.now }: AcmeOptions): Provider<readonly unknown[]> {
  if (!Array.isArray(secrets) || secrets.length === 0) {
    throw new TypeError('[bouncy/acme] secrets: give at least one')
  }
  for (const [index, secret] of secrets.entries()) {
    if (typeof secret === 'string' && secret.length >= 16) continue
    throw new TypeError(`[bouncy/acme] secrets.${index}: give 16 characters or more; is the variable set?`)
  }
  return {
    name,
    verify: (request) => verify(request, secrets, now()),
    parse: (events) => parse(events, name),
  }
}

const TOLERANCE_MS = 300_000

/** Bytes become something to be trusted, or are refused; cheap checks first, and no JSON before the signature. */
function verify(request: WebhookRequest, secrets: readonly string[], now: number): readonly unknown[] {
  const timestamp = request.header('acme-timestamp') ?? ''
  const signature = request.header('acme-signature') ?? ''
  if (!/^\d{1,12}$/.test(timestamp) || !/^[0-9a-f]{64}$/.test(signature))
    throw new WebhookError('signature-wrong', '[bouncy/acme] no signature of Acme came with the request')
  const age = now - Number(timestamp) * 1000
  if (age > TOLERANCE_MS) throw new WebhookError('too-old', '[bouncy/acme] signed more than 5 minutes ago')
  if (age < -TOLERANCE_MS)
    throw new WebhookError('from-the-future', '[bouncy/acme] signed in the future; check this clock')
  const signed = secrets.map((secret) =>
    createHmac('sha256', secret).update(`${timestamp}.`).update(request.body).digest('hex'),
  )
  if (!signed.map((right) => sameSecret(right, signature)).includes(true))
    throw new WebhookError('signature-wrong', '[bouncy/acme] the signature fits none of secrets')
  const { events } = recordOf(readJson(request.body))
  if (!Array.isArray(events)) throw new WebhookError('body-malformed', '[bouncy/acme] the body has no events')
  return events
}

/** Element by element, and total: what cannot be read is kept under the name of what is wrong with it. */
function parse(payload: readonly unknown[], name: string): Parsed {
  const events: MailEvent[] = []
  const quarantined: { reason: string; raw: unknown }[] = []
  for (const raw of payload) {
    const read = readEvent(raw, name)
    if (typeof read === 'string') quarantined.push({ reason: read, raw })
    else events.push(read)
  }
  return { events, quarantined }
}

function readEvent(raw: unknown, name: string): MailEvent | string {
  const { id, kind, cause, to, at, mail, said } = recordOf(raw)
  if (!isText(id) || !isText(kind)) return 'event-malformed'
  const recipient = isText(to) ? bareAddress(to) : ''
  if (addressKey(recipient) === undefined) return 'recipient-unreadable'
  const base: EventBase = {
    id: eventId(name, recipient, kind, id),
    provider: name,
    recipient,
    ...eventTime(at),
    ...given({ messageId: isText(mail) ? mail : undefined }),
    tags: [],
    metadata: {},
    raw,
  }
  const answer = isText(said) ? said : undefined
  switch (kind) {
    case 'bounced': {
      const providerType = isText(cause) ? cause : 'unknown'
      const status = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(answer ?? '')?.[0]
      const facts = CAUSES.get(providerType) ?? NEW_CAUSE
      return { ...base, type: 'bounce', ...facts, providerType, ...given({ status, diagnostic: answer }) }
    }
    case 'complained':
      return { ...base, type: 'complaint', feedbackType: 'abuse', certain: true }
    case 'delivered':
      return { ...base, type: 'delivery', ...given({ smtpResponse: answer }) }
    default:
      return `kind-unknown: ${kind.slice(0, 40)}`
  }
}

type Facts = Pick<Bounce, 'bounceType' | 'reason' | 'countsAgainstRecipient'>

/** What Acme's words for a cause mean. */
const CAUSES: ReadonlyMap<string, Facts> = new Map<string, Facts>([
  ['no_such_user', { bounceType: 'hard', reason: 'mailbox-not-found', countsAgainstRecipient: true }],
  ['no_such_host', { bounceType: 'hard', reason: 'domain-not-found', countsAgainstRecipient: true }],
  ['over_quota', { bounceType: 'soft', reason: 'mailbox-full', countsAgainstRecipient: true }],
  ['spam_verdict', { bounceType: 'soft', reason: 'spam', countsAgainstRecipient: false }],
])

/** A cause of tomorrow suppresses nobody. */
const NEW_CAUSE: Facts = { bounceType: 'undetermined', reason: 'unknown', countsAgainstRecipient: false }

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
