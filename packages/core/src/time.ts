const TIME =
  /^\s*(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s*(?:(Z|UTC|GMT)|([+-])(\d\d):?(\d\d)?)?\s*$/i

/**
 * A provider's time as ISO 8601 in UTC with milliseconds, or `undefined` where it cannot be read. Any number of
 * fraction digits (cut, not rounded), offsets with or without colon, minutes or a space before; no zone is UTC.
 *
 * @example
 * readTime('2025-01-09 14:17:29.059104+00') // '2025-01-09T14:17:29.059Z'
 */
export function readTime(text: unknown): string | undefined {
  if (typeof text === 'string' && isPlain(text)) return `${text.slice(0, 10)}T${text.slice(11, 23)}Z`
  const match = typeof text === 'string' && text.length < 64 ? TIME.exec(text) : null
  if (match === null) return undefined
  const [, day = '', clock = '', fraction = '', , sign, hours, minutes = '00'] = match
  if (!exists(day)) return undefined
  const seconds = clock.length === 5 ? `${clock}:00` : clock
  const offset = sign === undefined ? 'Z' : `${sign}${hours}:${minutes}`
  const at = Date.parse(`${day}T${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`)
  const iso = Number.isNaN(at) ? '' : new Date(at).toISOString()
  // an offset can lead out of the years that ISO 8601 writes with four digits
  return iso.length === 24 ? iso : undefined
}

/** Whether there is such a day: `Date` takes the 30th of February for the 1st or 2nd of March. */
function exists(day: string): boolean {
  const at = Date.parse(day)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day)
}

/** `2025-01-09T14:17:29.059…Z`, as most providers write it, or as PostgreSQL does, with a space and `+00`. */
const PLAIN =
  /^[12]\d{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}\d{0,20}(?:Z|\+00)$/

/** Whether nothing has to be computed. The 29th of February may not exist, and is read the long way. */
const isPlain = (text: string): boolean => text.length < 64 && PLAIN.test(text)

/**
 * The time of an event from the first readable candidate. Where there is none the inbox sets the time of receipt.
 */
export function eventTime(...candidates: readonly unknown[]): {
  readonly timestamp: string
  readonly timestampFrom?: 'receipt'
} {
  for (const candidate of candidates) {
    const timestamp = readTime(candidate)
    if (timestamp !== undefined) return { timestamp }
  }
  return { timestamp: '', timestampFrom: 'receipt' }
}
