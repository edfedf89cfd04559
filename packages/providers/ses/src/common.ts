import type { EventBase } from '@bouncy/core'
import { eventTime, given, readTime } from '@bouncy/core/provider'
import type { Report } from './report.ts'
import { headerOf } from './wire.ts'

/** What the events of one report have in common. */
export type Common = Omit<EventBase, 'id' | 'recipient'>

/**
 * The event's own time, else that of the sending, else that of the transport. Each of the sender's message tags is
 * `name=value` in `tags` and a member of `metadata`; `message-id` is there too, where headers are included
 * (`commonHeaders` holds SES's own id with event publishing).
 */
export function commonOf(name: string, { part, mail, carried }: Report): Common {
  const tags: string[] = []
  const metadata: Record<string, string> = {
    ...given({ 'message-id': headerOf(mail, 'message-id')?.trim() }),
  }
  for (const [tag, own] of Object.entries(mail.tags)) {
    if (tag.startsWith('ses:')) continue
    const values = texts(own)
    for (const value of values) tags.push(`${tag}=${value}`)
    metadata[tag] = values.join(',')
  }
  const message = given({
    from: texts(mail.commonHeaders.from)[0] ?? mail.source,
    subject: mail.commonHeaders.subject,
    sentAt: readTime(mail.timestamp),
  })
  return {
    provider: name,
    ...eventTime(part.timestamp, mail.timestamp, carried.time),
    ...given({ messageId: mail.messageId, stream: texts(mail.tags['ses:configuration-set'])[0] }),
    tags,
    metadata,
    ...(Object.keys(message).length === 0 ? {} : { message }),
    raw: carried.message,
  }
}

const texts = (values: unknown): readonly string[] =>
  (Array.isArray(values) ? values : [values]).filter((value) => typeof value === 'string' && value !== '')
