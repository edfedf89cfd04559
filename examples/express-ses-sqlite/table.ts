import { styleText } from 'node:util'

type Look = Parameters<typeof styleText>[0]

/** Text in this look, if standard output is a terminal that shows it. */
export const paint = (look: Look, text: string): string => styleText(look, text, { stream: process.stdout })

const GOOD = process.env.TERM === 'dumb' ? 'ok' : '✓'
const BAD = process.env.TERM === 'dumb' ? 'NO' : '✗'

/** The title of what follows. */
export function heading(text: string): void {
  console.log(`\n${paint('bold', text)}`)
}

/** One request: what was sent, what was answered, what was recorded, and whether all was as it must be. */
export function line(what: string, reply: string, recorded: string, expected: boolean): void {
  const mark = expected ? paint('green', GOOD) : paint('red', BAD)
  const look = /^2/.test(reply) ? 'green' : 'yellow'
  console.log(`${mark} ${fit(what, 33)} ${paint(look, fit(reply, 7))} ${fit(recorded, 36).trimEnd()}`)
}

/** A row of a list: first column `width` wide. */
export function row(first: string, width: number, ...rest: readonly string[]): void {
  console.log(`  ${[fit(first, width), ...rest].join(' ').trimEnd()}`)
}

/** Text of exactly this width. */
function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width)
}
