import { addressKey } from './address.ts'
import type { MailEvent } from './events.ts'

/**
 * What is left of an event when its details are past keeping: subjects, headers, click URLs, IP addresses and the
 * provider's own object are gone.
 */
export function redactEvent(event: MailEvent): MailEvent {
  const { message, raw: _, ...rest } = event
  const { subject: _subject, ...kept } = message ?? {}
  const lean = { ...rest, ...(message === undefined ? {} : { message: kept }), raw: null } as MailEvent
  return lean.type === 'open' || lean.type === 'click' ? withoutTraces(lean) : lean
}

/**
 * The same, and of all that is left nothing in which one of these texts (in lower case) occurs.
 *
 * @param instead takes the place of a recipient that is no address but holds one
 */
export function redactTexts(event: MailEvent, texts: readonly string[], instead: string): MailEvent {
  const holds = (value: unknown): boolean => {
    const text = JSON.stringify(value)?.toLowerCase() ?? ''
    return texts.some((one) => text.includes(JSON.stringify(one).slice(1, -1)))
  }
  const { tags, metadata, ...rest } = redactEvent(event)
  const kept = Object.entries(rest).filter(([key, value]) => ESSENTIAL.has(key) || !holds(value))
  const nobody = addressKey(event.recipient) === undefined && holds(event.recipient)
  return {
    ...Object.fromEntries(kept),
    recipient: nobody ? instead : event.recipient,
    tags: tags.filter((tag) => !holds(tag)),
    metadata: Object.fromEntries(Object.entries(metadata).filter((entry) => !holds(entry))),
  } as unknown as MailEvent
}

/** What happened, to nobody in particular: without what servers said, who may spell a recipient in ways of their own. */
export function anonymise(event: MailEvent, recipient: string, texts: readonly string[]): MailEvent {
  const {
    diagnostic: _diagnostic,
    smtpResponse: _smtpResponse,
    ...rest
  } = redactTexts(event, texts, recipient) as MailEvent & Record<string, unknown>
  return { ...rest, recipient, tags: [], metadata: {} } as MailEvent
}

const ESSENTIAL: ReadonlySet<string> = new Set(['id', 'provider', 'type', 'timestamp', 'recipient'])

function withoutTraces(event: MailEvent): MailEvent {
  const { url: _url, ip: _ip, userAgent: _userAgent, ...rest } = event as MailEvent & Record<string, unknown>
  return rest as MailEvent
}
