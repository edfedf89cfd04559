import type { Bounce, BounceReason } from '@bouncy/core'
import type { EventData } from './wire.ts'

/** The part of an event that follows from Mailgun's words and codes alone. */
export type Meaning =
  | Pick<Bounce, 'type' | 'bounceType' | 'reason' | 'countsAgainstRecipient'>
  | { readonly type: 'deferral' | 'reject'; readonly reason: BounceReason }

/** What the recipient is refused for, by Mailgun's own code or the last two parts of a status (RFC 3463, RFC 7505). */
const OF_RECIPIENT = new Map<string, BounceReason>([
  ['498', 'domain-not-found'],
  ['1.1', 'mailbox-not-found'],
  ['1.2', 'domain-not-found'],
  ['1.10', 'domain-not-found'],
  ['2.1', 'mailbox-inactive'],
  ['2.2', 'mailbox-full'],
  ['4.7', 'expired'],
])

/** What the sender or the message is, by the same, or by Mailgun's word for a lack of reputation. */
const OF_SENDER = new Map<string, BounceReason>([
  ['espblock', 'policy'],
  ['blacklisted', 'policy'],
  ['greylisted', 'rate-limited'],
  ['2.3', 'message-too-large'],
  ['3.4', 'message-too-large'],
  ['7.1', 'policy'],
  ['7.26', 'authentication'],
])

/**
 * What a failure means. Where the vendor leaves room, this is the reading:
 * - `suppress-…`, 605 to 607, Mailgun's lists: reject. Nothing was tried, and nothing new is known.
 * - `old`, 602: soft bounce. Mailgun has given up after eight hours; until about 2019 it called that temporary.
 * - any severity but `permanent`: deferral, not soft bounce. Mailgun goes on trying, and tells when it gives up.
 * - a lack of reputation: soft bounce that does not count. Mailgun keeps the address, and so it is kept here.
 * - `bounce`: hard bounce, whatever the status. By that word Mailgun says that there is no such mailbox, and lists it.
 * - `generic`: soft bounce, as in Mailgun's own figures; hard where the status says that there is no such address, as in
 *   bounces that come by mail. It counts, unless the status speaks of the message.
 * - a new word: undetermined, and against nobody; the latest were about the sender. But first goes `bounce-type`, if any.
 * Sources: https://documentation.mailgun.com/docs/mailgun/user-manual/reporting/metric-definitions,
 * https://help.mailgun.com/hc/en-us/articles/203306590, https://github.com/mailgun/mailgun-go/pull/123,
 * https://feedback.mailgun.com/forums/914635-general-feedback/suggestions/37219720
 */
export function meaningOf({ severity, reason: word = '', ...data }: EventData, status = ''): Meaning {
  const { code = '', 'bounce-type': type } = data['delivery-status']
  const end = status.slice(2)
  if (word.startsWith('suppress-') || /^60[567]$/.test(code)) return { type: 'reject', reason: 'suppressed' }
  if (word === 'old' || code === '602') return bounce('soft', 'expired')
  const distrust = OF_SENDER.get(word)
  const reason = distrust ?? OF_RECIPIENT.get(code) ?? OF_RECIPIENT.get(end) ?? OF_SENDER.get(end)
  if (severity !== 'permanent') return { type: 'deferral', reason: reason ?? 'unknown' }
  if (distrust !== undefined) return bounce('soft', distrust, false)
  if (type === 'hard' || (type !== 'soft' && (word === 'bounce' || /^5\.1\.(1|2|10)$/.test(status))))
    return bounce('hard', reason ?? (word === 'bounce' ? 'mailbox-not-found' : 'unknown'))
  const known = word === 'generic' || type === 'soft'
  return bounce(known ? 'soft' : 'undetermined', reason ?? 'unknown', known && !OF_SENDER.has(end))
}

function bounce(bounceType: Bounce['bounceType'], reason: BounceReason, counts = true): Meaning {
  return { type: 'bounce', bounceType, reason, countsAgainstRecipient: counts }
}
