import type { BounceReason } from '@bouncy/core'
import { AUTO_REPLY, EXACT_STATUS, PHRASES, VAGUE_STATUS } from './mapping.ts'

/** What a delivery report says of one recipient. */
export interface Report {
  /** Enhanced status code (RFC 3463). */
  readonly status?: string | undefined
  readonly diagnostic?: string | undefined
}

/** Why, from the enhanced status code and the words of the server; pure and total. */
export function reasonOf({ status, diagnostic = '' }: Report): BounceReason {
  const words = diagnostic.slice(0, 1_000).replace(/\s+/g, ' ')
  const code = status === undefined || status.endsWith('.0.0') ? (codeIn(words) ?? status) : status
  const [kind = '', subject, detail] = code?.split('.') ?? []
  const said = words.replace(ADDRESS, '…')
  if (code === undefined && AUTO_REPLY.test(said)) return 'auto-reply'
  return (
    lookUp(EXACT_STATUS, `x.${subject}.${detail}`) ??
    PHRASES.find(([phrase]) => phrase.test(said))?.[1] ??
    lookUp(VAGUE_STATUS, `${kind}.${subject}.${detail}`, `${kind}.${subject}.x`, `x.${subject}.x`) ??
    'unknown'
  )
}

/** The enhanced status code in a field that should hold nothing else: `'5.1.1 (user unknown)'` is `'5.1.1'`. */
export function readStatus(text: string | undefined): string | undefined {
  return /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)/.exec(text ?? '')?.[0]
}

/**
 * An address, whose words are its owner's and not the server's. Looked for only where a word begins: from within one it
 * would be looked through again and again.
 */
const ADDRESS = /(?:"[^"]*"|(?<![^\s<>"'(),;:])[^\s<>"'(),;:]+)@[^\s<>"'(),;:.]+(?:\.[^\s<>"'(),;:.]+)*/g

/** The code behind an SMTP reply code, `550-5.1.1`; elsewhere in a text three numbers may be an address. */
function codeIn(words: string): string | undefined {
  return /\b[45]\d\d[ -]#?([45]\.\d{1,3}\.\d{1,3})(?!\.?\d)/.exec(words)?.[1]
}

function lookUp(
  table: Readonly<Record<string, BounceReason>>,
  ...keys: readonly string[]
): BounceReason | undefined {
  for (const key of keys) if (Object.hasOwn(table, key)) return table[key]
  return undefined
}
