import { readTime } from '@bouncy/core/provider'
import type { Report } from './report.ts'

/**
 * What identifies a report at SES, most significant first; with the recipient it makes the event's id.
 *
 * A `feedbackId` names a bounce or complaint in both formats. Elsewhere it is the sent message, the moment and what was
 * clicked. SNS's MessageId would not do: identity notifications beside event publishing, two topics, a queue or
 * EventBridge, and SES publishing once more each carry the same report under another one. It only stands in where SES
 * says too little, and the whole text where there is not even that.
 */
export function identityOf({ kind, part, mail, carried }: Report): readonly string[] {
  if (part.feedbackId !== undefined) return [kind.key, part.feedbackId]
  if (mail.messageId === undefined) return [kind.key, '', carried.id ?? JSON.stringify(carried.message)]
  if (kind.once) return [kind.key, mail.messageId]
  const moment = readTime(part.timestamp) ?? part.timestamp ?? carried.id ?? ''
  const { link = '', ipAddress = '', userAgent = '' } = part
  return [kind.key, mail.messageId, moment, link, ipAddress, userAgent]
}
