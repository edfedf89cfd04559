import type { BounceReason } from '@bouncy/core'

/** What a reason means to somebody who knows nothing of mail servers, and what they can do. */
const WORDS: Readonly<Record<BounceReason, readonly [reason: string, advice?: string]>> = {
  'mailbox-not-found': ['there is no such mailbox'],
  'mailbox-full': ['the mailbox is full', 'make room in it, or give us another address'],
  'mailbox-inactive': ['the mailbox is switched off'],
  'domain-not-found': ['what stands behind the @ does not exist'],
  'message-too-large': ['our message is larger than the mailbox takes', 'give us another address'],
  'content-rejected': ['the mailbox refuses what our message says', 'give us another address'],
  spam: ['the mailbox took our message for spam', 'add us to your contacts, or give us another address'],
  policy: ['the mailbox takes no mail from us', 'give us another address'],
  authentication: ['the mailbox could not tell that the message came from us', 'give us another address'],
  'rate-limited': ['the mailbox was given too much mail at once', 'give us another address'],
  expired: ['the server of the mailbox did not answer for days'],
  'auto-reply': ['only an automatic reply came back'],
  suppressed: ['earlier mail to it came back, too'],
  unknown: ['the server of the mailbox did not say why'],
}

/** The end of a sentence: `there is no such mailbox; check your address`. */
export function inPlainWords(reason: BounceReason): string {
  const [words, advice = 'check your address'] = WORDS[reason]
  return `${words}; ${advice}`
}
