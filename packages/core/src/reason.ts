import type { BounceReason } from './events.ts'
import { AUTO_REPLY, EXACT_STATUS, INNOCENT, PHRASES, VAGUE_STATUS } from './reason-words.ts'

/** What a receiving server said of one recipient. */
export interface Report {
  /** Enhanced status code (RFC 3463). */
  readonly status?: string | undefined
  readonly diagnostic?: string | undefined
}

/** Why, and whether it speaks against the recipient. */
export interface Verdict {
  readonly reason: BounceReason
  readonly countsAgainstRecipient: boolean
}

/**
 * Why a message was refused, from the enhanced status code and the words of the server: the same for every provider,
 * where its own words say no more. Pure and total.
 */
export function reasonOf({ status, diagnostic = '' }: Report): BounceReason {
  const exact = exactly(status)
  if (exact !== undefined) return exact
  const said = withoutAddresses(diagnostic.slice(0, 1_000).replace(/\s+/g, ' '))
  const code = status === undefined || status.endsWith('.0.0') ? (codeIn(said) ?? status) : status
  if (code === undefined && AUTO_REPLY.test(said)) return 'auto-reply'
  const [kind = '', subject, detail] = code?.split('.') ?? []
  return (
    exactly(code) ??
    PHRASES.find(([phrase]) => phrase.test(said))?.[1] ??
    lookUp(VAGUE_STATUS, `${kind}.${subject}.${detail}`, `${kind}.${subject}.x`, `x.${subject}.x`) ??
    'unknown'
  )
}

/** The verdict that goes with a reason. */
export const verdictOf = (reason: BounceReason): Verdict => ({
  reason,
  countsAgainstRecipient: !INNOCENT.has(reason),
})

/**
 * The enhanced status code (RFC 3463) in what a server said, or in a field that should hold nothing else. None is three
 * numbers out of an IP address, or out of a name: `kim-5.1.1@example.com` may be anybody.
 *
 * @example
 * statusIn('550-5.1.1 <kim@example.com>: user unknown') // '5.1.1'
 */
export function statusIn(text = ''): string | undefined {
  const found = STATUS.exec(text)
  if (found === null) return undefined
  return text.includes('@') ? STATUS.exec(withoutAddresses(text))?.[0] : found[0]
}

const STATUS = /(?<![\w.]|[a-z]-)[245]\.[0-7]\.\d{1,3}(?!\.?\w)/i

/**
 * An address, whose words are its owner's and not the server's. Looked for only where a word begins: from within one it
 * would be looked through again and again.
 */
const ADDRESS = /(?:"[^"]*"|(?<![^\s<>"'(),;:])[^\s<>"'(),;:]+)@[^\s<>"'(),;:.]+(?:\.[^\s<>"'(),;:.]+)*/g

const withoutAddresses = (text: string): string => text.replace(ADDRESS, '…')

/** The code behind an SMTP reply code, `550-5.1.1`; elsewhere in a text three numbers may be an address. */
function codeIn(words: string): string | undefined {
  return /\b[45]\d\d[ -]#?([45]\.\d{1,3}\.\d{1,3})(?!\.?\d)/.exec(words)?.[1]
}

const exactly = (code = ''): BounceReason | undefined => lookUp(EXACT_STATUS, `x${code.slice(1)}`)

function lookUp(
  table: Readonly<Record<string, BounceReason>>,
  ...keys: readonly string[]
): BounceReason | undefined {
  for (const key of keys) if (Object.hasOwn(table, key)) return table[key]
  return undefined
}
