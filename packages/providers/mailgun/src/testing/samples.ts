/** Members that take the place of the sample's; one that is `undefined` is left out. */
export type MailgunFields = Readonly<Record<string, unknown>>

/** What posts hold as `event-data`, as Mailgun documents it, with addresses of example domains. */
export interface MailgunSamples {
  accepted(fields?: MailgunFields): MailgunFields
  rejected(fields?: MailgunFields): MailgunFields
  delivered(fields?: MailgunFields): MailgunFields
  /** @param reason `'bounce'`, `'generic'`, `'espblock'`, `'old'`, `'suppress-bounce'`, … @default 'bounce' */
  permanentFail(reason?: string, fields?: MailgunFields): MailgunFields
  /** @param reason `'generic'`, `'greylisted'`, … @default 'generic' */
  temporaryFail(reason?: string, fields?: MailgunFields): MailgunFields
  opened(fields?: MailgunFields): MailgunFields
  clicked(fields?: MailgunFields): MailgunFields
  unsubscribed(fields?: MailgunFields): MailgunFields
  complained(fields?: MailgunFields): MailgunFields
  /** A message that the account received. */
  stored(fields?: MailgunFields): MailgunFields
  /** Somebody was put on a mailing list. */
  listMemberUploaded(fields?: MailgunFields): MailgunFields
}

/** The samples. */
export const mailgunSamples: MailgunSamples = {
  accepted: (fields) => ({ ...of('accepted', 'k0', 23.894107), method: 'HTTP', ...OUTBOUND, ...fields }),
  rejected: (fields) => {
    const { recipient: _, 'recipient-domain': __, ...rejected } = of('rejected', 'k1', 23.904693)
    return { ...rejected, ...MESSAGE, reject: REJECT, ...fields }
  },
  delivered: (fields) => ({
    ...of('delivered', 'k2', 26.153125),
    ...OUTBOUND,
    'delivery-status': DELIVERED,
    ...fields,
  }),
  permanentFail: (reason = 'bounce', fields) => ({
    ...of('failed', 'k3', 27.592369),
    ...OUTBOUND,
    'log-level': 'error',
    severity: 'permanent',
    reason,
    'delivery-status': REFUSED[reason] ?? REFUSED.generic,
    ...fields,
  }),
  temporaryFail: (reason = 'generic', fields) => ({
    ...of('failed', 'k4', 26.428859),
    ...OUTBOUND,
    'log-level': 'warn',
    severity: 'temporary',
    reason,
    'delivery-status': { ...DELAYED, ...(reason === 'greylisted' ? GREYLISTED : {}) },
    ...fields,
  }),
  opened: (fields) => ({ ...of('opened', 'k5', 45.554932), ...READ, ...fields }),
  clicked: (fields) => ({ ...of('clicked', 'k6', 46.664867), ...READ, url: LINK, ...fields }),
  unsubscribed: (fields) => ({ ...of('unsubscribed', 'k7', 47.465628), ...READ, tags: ['*'], ...fields }),
  complained: (fields) => ({ ...of('complained', 'k8', 48.268414), ...MESSAGE, ...fields }),
  stored: (fields) => ({ ...of('stored', 'k9', 49.104692), ...MESSAGE, ...fields }),
  listMemberUploaded: (fields) => ({
    event: 'list_member_uploaded',
    id: 'k10-AAAAAAAAAAAAAAAAAAA',
    timestamp: 1_772_617_000.104692,
    'log-level': 'info',
    'mailing-list': { address: 'news@mg.example.org', 'list-id': '1', sid: '1' },
    member: { address: 'kim@example.com', subscribed: true },
    ...fields,
  }),
}

/** @param seconds after 09:35 UTC on 4 March 2026 */
function of(event: string, id: string, seconds: number): MailgunFields {
  return {
    event,
    id: `${id}-AAAAAAAAAAAAAAAAAAA`,
    timestamp: Math.round((1_772_616_900 + seconds) * 1e6) / 1e6,
    'log-level': 'info',
    account: { id: '111122223333' },
    domain: { name: 'mg.example.org' },
    recipient: 'kim@example.com',
    'recipient-domain': 'example.com',
    'recipient-provider': 'Other',
    tags: ['welcome'],
    campaigns: [],
    'user-variables': { customer: '4711' },
  }
}

const ID = '20260304093523.1a2b3c4d5e6f7081@mg.example.org'
const LINK = 'https://example.org/welcome'

const MESSAGE = {
  message: {
    headers: {
      to: 'Kim <kim@example.com>',
      'message-id': ID,
      from: 'Shop <shop@mg.example.org>',
      subject: 'Welcome',
    },
    attachments: [],
    size: 341,
  },
}

const OUTBOUND = {
  ...MESSAGE,
  flags: { 'is-routed': false, 'is-authenticated': true, 'is-system-test': false, 'is-test-mode': false },
  envelope: {
    sender: 'shop@mg.example.org',
    transport: 'smtp',
    targets: 'kim@example.com',
    'sending-ip': '192.0.2.10',
  },
  storage: { key: 'BAABAA', url: 'https://storage.example.org/v3/domains/mg.example.org/messages/BAABAA' },
}

const READ = {
  message: { headers: { 'message-id': ID } },
  ip: '203.0.113.7',
  'client-info': {
    'client-name': 'Firefox',
    'client-os': 'Linux',
    'client-type': 'browser',
    'device-type': 'desktop',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    bot: '',
  },
  geolocation: { city: 'Unknown', country: 'DE', region: 'Unknown' },
}

const REJECT = { reason: 'The domain of the sender is disabled.', description: '' }
const ATTEMPT = { 'attempt-no': 1, description: '', 'session-seconds': 0.208, 'mx-host': 'mx.example.com' }
const DELIVERED = { ...ATTEMPT, code: 250, message: 'OK', 'enhanced-code': null, tls: true }
const DELAYED = {
  ...ATTEMPT,
  code: 421,
  message: '4.3.2 The server is busy.',
  'enhanced-code': '4.3.2',
  'retry-seconds': 600,
}
const GREYLISTED = { code: 450, message: 'Greylisted, try again later.', 'enhanced-code': null }

/** By `reason`. */
const REFUSED: Readonly<Record<string, object>> = {
  bounce: {
    ...ATTEMPT,
    code: 550,
    message: '5.1.1 There is no such mailbox.',
    'enhanced-code': '5.1.1',
    'bounce-type': 'hard',
  },
  generic: {
    ...ATTEMPT,
    code: 552,
    message: '5.2.2 The mailbox is over its quota.',
    'enhanced-code': '5.2.2',
    'bounce-type': 'soft',
  },
  espblock: {
    ...ATTEMPT,
    code: 554,
    message: '5.7.1 Too many complaints about this host.',
    'enhanced-code': '5.7.1',
  },
  old: { ...ATTEMPT, 'attempt-no': 8, code: 602, message: 'Too old', 'session-seconds': 0 },
  'suppress-bounce': listed(605, 'The address bounced before.'),
  'suppress-unsubscribe': listed(606, 'The address has unsubscribed.'),
  'suppress-complaint': listed(607, 'The address has complained.'),
}

function listed(code: number, description: string): object {
  return { 'attempt-no': 1, code, message: '', description, 'session-seconds': 0 }
}
