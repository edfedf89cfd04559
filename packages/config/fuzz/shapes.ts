import type { MailEvent } from '@bouncy/core'
import * as z from 'zod'

/** What is wrong with an event as it was stored, or nothing. */
export function faultOfEvent(event: MailEvent): string | undefined {
  const { issues = [] } = schema.safeParse(event).error ?? {}
  const [issue] = issues
  if (issue !== undefined) return `event.${issue.path.join('.')}: ${issue.message}`
  if (!event.id.startsWith(`${event.provider}_`)) return 'event.id does not begin with the provider'
  if (event.recipient.length > 3 && event.id.includes(event.recipient)) return 'event.id holds the recipient'
  return isPlainJson(event) ? undefined : 'the event is not plain JSON'
}

/** Whether a value survives being written as JSON and read again; however deep, since it may come from a stranger. */
export function isPlainJson(value: unknown): boolean {
  const left = [value]
  while (left.length > 0) {
    const one = left.pop()
    if (one === null || typeof one === 'string' || typeof one === 'boolean' || Number.isFinite(one)) continue
    if (typeof one !== 'object') return false
    if (!Array.isArray(one) && Object.getPrototypeOf(one) !== Object.prototype) return false
    for (const inner of Array.isArray(one) ? one : Object.values(one)) left.push(inner)
  }
  return true
}

const text = z.string()
const time = text.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'no time in ISO 8601, UTC, milliseconds')
const maybe = z.exactOptional
const origin = maybe(z.enum(['recipient', 'sender', 'provider']))
const reason = z.enum([
  'mailbox-not-found',
  'mailbox-full',
  'mailbox-inactive',
  'domain-not-found',
  'message-too-large',
  'content-rejected',
  'spam',
  'policy',
  'authentication',
  'rate-limited',
  'expired',
  'auto-reply',
  'suppressed',
  'unknown',
])

const base = z.strictObject({
  id: text,
  provider: text.min(1),
  recipient: text.min(1),
  timestamp: time,
  timestampFrom: maybe(z.literal('receipt')),
  messageId: maybe(text),
  stream: maybe(text),
  tags: z.array(text),
  metadata: z.record(text, text),
  message: maybe(z.strictObject({ from: maybe(text), subject: maybe(text), sentAt: maybe(time) })),
  raw: z.unknown(),
})
const mtas = { reportingMta: maybe(text), remoteMta: maybe(text) }
const said = {
  providerType: text,
  status: maybe(text.regex(/^[245]\.\d{1,3}\.\d{1,3}$/)),
  diagnostic: maybe(text),
}
const reader = { userAgent: maybe(text), ip: maybe(text) }

/** The contract of `@bouncy/core` once more, as something that can be asked. */
const schema: z.ZodType<MailEvent> = z.discriminatedUnion('type', [
  base.extend({
    type: z.literal('bounce'),
    bounceType: z.enum(['hard', 'soft', 'undetermined']),
    reason,
    countsAgainstRecipient: z.boolean(),
    ...said,
    action: maybe(text),
    ...mtas,
  }),
  base.extend({
    type: z.literal('complaint'),
    feedbackType: z.enum(['abuse', 'auth-failure', 'fraud', 'not-spam', 'other', 'virus', 'unknown']),
    certain: z.boolean(),
    userAgent: maybe(text),
    arrivedAt: maybe(time),
  }),
  base.extend({
    type: z.literal('delivery'),
    smtpResponse: maybe(text),
    processingMs: maybe(z.number()),
    ...mtas,
  }),
  base.extend({ type: z.literal('deferral'), reason, ...said, expiresAt: maybe(time), ...mtas }),
  base.extend({ type: z.literal('reject'), reason, providerType: text, diagnostic: maybe(text) }),
  base.extend({ type: z.literal('failure'), providerType: text, diagnostic: maybe(text) }),
  base.extend({ type: z.literal('send') }),
  base.extend({ type: z.literal('open'), ...reader }),
  base.extend({ type: z.literal('click'), url: maybe(text), ...reader }),
  base.extend({ type: z.literal('unsubscribe'), origin }),
  base.extend({ type: z.literal('resubscribe'), origin }),
  base.extend({ type: z.literal('autoreply'), providerType: text, diagnostic: maybe(text) }),
])
