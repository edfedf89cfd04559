import type { BounceReason } from '@bouncy/core'

type Words = readonly [reason: string, advice?: string]

const UNKNOWN: Words = ['the server of the mailbox did not say why']

/**
 * What a reason means to somebody who knows nothing of mail servers, and what they can do: those that Postmark gives for
 * bounces that count against the recipient.
 */
const WORDS: Readonly<Partial<Record<BounceReason, Words>>> = {
  'mailbox-not-found': ['there is no such mailbox'],
  'mailbox-full': ['the mailbox is full', 'make room in it, or give us another address'],
  'mailbox-inactive': ['the mailbox is switched off'],
  'domain-not-found': ['what stands behind the @ does not exist'],
  expired: ['the server of the mailbox did not answer for days'],
  suppressed: ['earlier mail to it came back, too'],
}

/** The end of a sentence: `there is no such mailbox; check your address`. */
export function inPlainWords(reason: BounceReason): string {
  const [words, advice = 'check your address'] = WORDS[reason] ?? UNKNOWN
  return `${words}; ${advice}`
}
