import { createHash } from 'node:crypto'

/** The longest text that is indexed, in characters. */
export const LONGEST = 250

/**
 * A text from outside as it stands in a column that is looked up, and as it is read from there: short enough for the
 * index of every database, without NUL, which PostgreSQL does not take, and without half characters, which no driver
 * encodes. What is too long is told apart by its hash.
 */
export function indexable(text: string): string {
  const plain = text.toWellFormed().replaceAll('\0', '\ufffd')
  if (plain.length <= LONGEST) return plain
  const hash = createHash('sha256').update(plain).digest('hex')
  return `${plain.slice(0, LONGEST - hash.length).toWellFormed()}${hash}`
}
