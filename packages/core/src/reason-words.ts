import type { BounceReason } from './events.ts'

/**
 * Enhanced status codes that leave no doubt; x is any class.
 * Sources: RFC 3463, RFC 7372 (7.20–7.26), RFC 7505 (1.10),
 * https://www.iana.org/assignments/smtp-enhanced-status-codes
 */
export const EXACT_STATUS: Readonly<Record<string, BounceReason>> = {
  'x.1.1': 'mailbox-not-found',
  'x.1.2': 'domain-not-found',
  'x.1.3': 'mailbox-not-found',
  'x.1.6': 'mailbox-not-found',
  // the sender's own address is wrong, or not allowed
  'x.1.7': 'policy',
  'x.1.8': 'policy',
  'x.1.10': 'domain-not-found',
  'x.2.2': 'mailbox-full',
  'x.2.3': 'message-too-large',
  'x.3.4': 'message-too-large',
  'x.4.4': 'domain-not-found',
  'x.4.7': 'expired',
  'x.7.20': 'authentication',
  'x.7.21': 'authentication',
  'x.7.22': 'authentication',
  'x.7.23': 'authentication',
  'x.7.24': 'authentication',
  'x.7.25': 'authentication',
  'x.7.26': 'authentication',
  'x.7.28': 'rate-limited',
}

/**
 * Codes that servers use for several things, so that what the diagnostic says goes before them: Gmail answers 5.2.1
 * for a disabled account and for one that receives too much, and everybody answers x.7.1 for everything.
 * Sources: RFC 3463, https://support.google.com/a/answer/3726730
 */
export const VAGUE_STATUS: Readonly<Record<string, BounceReason>> = {
  '5.2.1': 'mailbox-inactive',
  'x.6.x': 'content-rejected',
  '4.7.x': 'rate-limited',
  '5.7.x': 'policy',
}

/**
 * What servers write, most telling first: "blocked using a list" before "mailbox unavailable". Gaps are short and
 * bounded, so that a stranger's long text costs nothing.
 * Sources: https://support.google.com/a/answer/3726730 (Gmail),
 * https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online
 * (Exchange Online), https://senders.yahooinc.com/smtp-error-codes/ (Yahoo), and the texts of Postfix, Exim and Sendmail
 */
export const PHRASES: readonly (readonly [RegExp, BounceReason | undefined])[] = [
  [
    /gr[ae]y-?list|rate.?limit|throttl|too many|too (quickly|fast)|at a rate that|volume|(daily|hourly|sending).{0,20}quota/i,
    'rate-limited',
  ],
  [/\b(spf|dkim|dmarc)\b|unauthenticated|not authenticated/i, 'authentication'],
  [/\b(spam|junk)\b|unsolicited/i, 'spam'],
  [/(black|block|deny).?list|\b(dnsb|rb)l\b|spamhaus|reputation|blocked using/i, 'policy'],
  [/virus|malware|phish|attachment|content (was |is )?(rejected|blocked|not )/i, 'content-rejected'],
  [
    /(mailbox|inbox|account|storage).{0,40}(\bfull\b|quota|out of)|over ?quota|quota.{0,20}exceed|exceed.{0,20}(quota|storage)|mailbox size/i,
    'mailbox-full',
  ],
  [/insufficient (disk|storage|system)|not enough (disk|storage)? ?space/i, 'mailbox-full'],
  [/(message|mail|header|size).{0,40}(too (large|big)|exceed)/i, 'message-too-large'],
  [/(message|delivery|queue|retry).{0,30}(expired|time ?out exceeded)|too long in (the )?queue/i, 'expired'],
  [/sender.{0,30}(reject|denied|refused|invalid|not )/i, 'policy'],
  // says nothing of why, and that what follows need not hold tomorrow
  [/temporar(y|ily)/i, undefined],
  [
    /(domain|host)( name)?.{0,30}(not found|not exist|unknown)|nxdomain|no such (domain|host)/i,
    'domain-not-found',
  ],
  [
    /(account|mailbox|user|address|recipient).{0,40}(disabled|inactive|suspended|deactivated)/i,
    'mailbox-inactive',
  ],
  [
    /(user|recipient|mailbox|address|account|person).{0,60}(unknown|not found|not exist)/i,
    'mailbox-not-found',
  ],
  [/(unknown|invalid|no such).{0,20}(user|recipient|mailbox|address|account|person)/i, 'mailbox-not-found'],
  [
    /doesn't (exist|have)|5\d\d.{0,40}mailbox unavailable|no mailbox|recipient (address(es)? )?rejected/i,
    'mailbox-not-found',
  ],
  [/polic(y|ies)|access denied|relay|not (allowed|permitted|authorized)|prohibited|blocked/i, 'policy'],
]

/** What an absence note says, where there is a text but no code. */
export const AUTO_REPLY: RegExp =
  /out of (the )?office|on (vacation|holiday|leave)|auto(matic|mated)?.?(reply|response)/i

/** Faults of the message, of its sender or of nobody: the recipient is not to blame. */
export const INNOCENT: ReadonlySet<BounceReason> = new Set<BounceReason>([
  'message-too-large',
  'content-rejected',
  'spam',
  'policy',
  'authentication',
  'rate-limited',
  'auto-reply',
  'suppressed',
])
