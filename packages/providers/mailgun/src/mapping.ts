import type { Bounce, BounceReason } from '@bouncy/core'
import { type Report, reasonOf, verdictOf } from '@bouncy/core/provider'
import type { EventData } from './wire.ts'

/** The part of an event that follows from Mailgun's words and codes alone. */
export type Meaning =
  | Pick<Bounce, 'type' | 'bounceType' | 'reason' | 'countsAgainstRecipient'>
  | { readonly type: 'deferral' | 'reject'; readonly reason: BounceReason }

/** What Mailgun says of the sender's reputation. */
const OF_SENDER = new Map<string, BounceReason>([
  ['espblock', 'policy'],
  ['blacklisted', 'policy'],
  ['greylisted', 'rate-limited'],
])

/**
 * What a failure means. Where the vendor leaves room, this is the reading:
 * - `suppress-…`, 605 to 607, Mailgun's lists: reject. Nothing was tried, and nothing new is known.
 * - `old`, 602: soft bounce. Mailgun has given up after eight hours; until about 2019 it called that temporary.
 * - any severity but `permanent`: deferral, not soft bounce. Mailgun goes on trying, and tells when it gives up.
 * - a lack of reputation: soft bounce that does not count. Mailgun keeps the address, and so it is kept here.
 * - `bounce`: hard bounce, whatever the status. By that word Mailgun says that there is no such mailbox, and lists it.
 * - `generic`: soft bounce, as in Mailgun's own figures; hard where the status says that there is no such address, as in
 *   bounces that come by mail. It counts, unless the server finds fault with the message or its sender.
 * - a new word: undetermined, and against nobody; the latest were about the sender. But first goes `bounce-type`, if any.
 * Sources: https://documentation.mailgun.com/docs/mailgun/user-manual/reporting/metric-definitions,
 * https://help.mailgun.com/hc/en-us/articles/203306590, https://github.com/mailgun/mailgun-go/pull/123,
 * https://feedback.mailgun.com/forums/914635-general-feedback/suggestions/37219720
 */
export function meaningOf({ severity, reason: word = '', ...data }: EventData, said: Report): Meaning {
  const { code = '', 'bounce-type': type } = data['delivery-status']
  if (word.startsWith('suppress-') || /^60[567]$/.test(code)) return { type: 'reject', reason: 'suppressed' }
  if (word === 'old' || code === '602') return bounce('soft', 'expired')
  const distrust = OF_SENDER.get(word)
  const reason = distrust ?? (code === '498' ? 'domain-not-found' : reasonOf(said))
  if (severity !== 'permanent') return { type: 'deferral', reason }
  if (distrust !== undefined) return bounce('soft', distrust, false)
  const { countsAgainstRecipient: counts } = verdictOf(reason)
  const noMailbox = word === 'bounce' || /^5\.1\.(1|2|10)$/.test(said.status ?? '')
  if (type === 'hard' || (type !== 'soft' && noMailbox))
    return bounce('hard', word === 'bounce' && reason === 'unknown' ? 'mailbox-not-found' : reason)
  const known = word === 'generic' || type === 'soft'
  return bounce(known ? 'soft' : 'undetermined', reason, known && counts)
}

function bounce(bounceType: Bounce['bounceType'], reason: BounceReason, counts = true): Meaning {
  return { type: 'bounce', bounceType, reason, countsAgainstRecipient: counts }
}
