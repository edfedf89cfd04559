import { given } from '../given.ts'
import type { NewSuppression, Suppression } from '../suppression.ts'
import { readTime } from '../time.ts'
import { mistake } from './format.ts'

/** What holds for every row. */
export interface Defaults {
  readonly actor: string
  readonly reason: Suppression['reason'] | undefined
  /** Of rows without a time. */
  readonly since: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Clocks differ; by more than this a time is a mistake, and could never be lifted for good. */
const MOST_AHEAD_MS = 86_400_000

/**
 * What a row says, as it is suppressed. Blanks say nothing, but in a note.
 *
 * @throws TypeError naming the column and the remedy, never the value
 */
export function toEntry(values: Readonly<Record<string, unknown>>, defaults: Defaults): NewSuppression {
  const text = (column: string): string | undefined => {
    const value = textOf(column, values[column])
    return value?.trim() === '' ? undefined : value
  }
  const reason = defaults.reason ?? text('reason')?.trim().toLowerCase() ?? 'manual'
  const since = timeOf('since', text('since')) ?? defaults.since
  if (Date.parse(since) > defaults.now + MOST_AHEAD_MS) throw mistake('since', 'this lies in the future')
  const scope = given({ stream: text('stream'), tenant: text('tenant') })
  return {
    address: unharmed('address', text('address') ?? ''),
    reason: reason as Suppression['reason'],
    since,
    actor: defaults.actor,
    ...(Object.keys(scope).length === 0 ? {} : { scope }),
    ...given({
      expiresAt: timeOf('expiresAt', text('expiresAt')),
      provider: text('provider'),
      eventId: text('eventId'),
      note: textOf('note', values.note),
    }),
  }
}

function textOf(column: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw mistake(column, 'give a text')
}

function timeOf(column: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const time = readTime(text)
  if (time === undefined) throw mistake(column, 'give a time in ISO 8601')
  return time
}

/** What was no UTF-8 has been replaced by now, and would suppress somebody else. */
function unharmed(column: string, text: string): string {
  if (text.includes('\ufffd')) throw mistake(column, 'save the file as UTF-8')
  return text
}
