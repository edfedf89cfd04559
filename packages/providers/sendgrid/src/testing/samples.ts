import { Buffer } from 'node:buffer'

/** Fields that take the place of the sample's; one that is `undefined` is left out. */
export type SendgridFields = Readonly<Record<string, unknown>>

/** One element of a post. */
export type SendgridElement = Readonly<Record<string, unknown>>

/** Elements as SendGrid documents them, with addresses of example domains; each takes fields of the caller's instead. */
export interface SendgridSamples {
  processed(fields?: SendgridFields): SendgridElement
  deferred(fields?: SendgridFields): SendgridElement
  delivered(fields?: SendgridFields): SendgridElement
  /** A hard bounce. */
  bounce(fields?: SendgridFields): SendgridElement
  /** A refusal that is not the address's fault, or not for good. */
  blocked(fields?: SendgridFields): SendgridElement
  /** A bounce that came after the message had been accepted: without message id and arguments. */
  lateBounce(fields?: SendgridFields): SendgridElement
  /** @param reason the words of the vendor. @default 'Bounced Address' */
  dropped(reason?: string, fields?: SendgridFields): SendgridElement
  spamreport(fields?: SendgridFields): SendgridElement
  unsubscribe(fields?: SendgridFields): SendgridElement
  /** Group 1234; so the next. */
  groupUnsubscribe(fields?: SendgridFields): SendgridElement
  groupResubscribe(fields?: SendgridFields): SendgridElement
  open(fields?: SendgridFields): SendgridElement
  click(fields?: SendgridFields): SendgridElement
  /** Not of a message but of the sending account. */
  accountStatusChange(fields?: SendgridFields): SendgridElement
}

/** The samples. */
export const sendgridSamples: SendgridSamples = {
  processed: (fields) => ({ ...message('processed', 1772616924), send_at: 0, ...fields }),
  deferred: (fields) => ({
    ...message('deferred', 1772616925),
    response: '452 4.2.2 the mailbox is over its quota',
    attempt: '5',
    ...fields,
  }),
  delivered: (fields) => ({
    ...message('delivered', 1772616926),
    ip: '192.0.2.10',
    tls: 1,
    response: '250 2.0.0 OK queued as 7B3C',
    ...fields,
  }),
  bounce: (fields) => ({ ...message('bounce', 1772616927, 'gone@example.com'), ...REFUSED, ...fields }),
  blocked: (fields) => ({
    ...message('bounce', 1772616928),
    reason: '554 5.7.1 blocked by the list of example.net',
    status: '5.7.1',
    bounce_classification: 'Reputation',
    type: 'blocked',
    ...fields,
  }),
  lateBounce: (fields) => ({
    event: 'bounce',
    email: 'late@example.com',
    timestamp: 1772620000,
    sg_message_id: '',
    sg_event_id: 'bGF0ZS1ib3VuY2U',
    ...REFUSED,
    ...fields,
  }),
  dropped: (reason = 'Bounced Address', fields) => ({
    ...message('dropped', 1772616929, 'gone@example.com'),
    reason,
    ...fields,
  }),
  spamreport: (fields) => ({ ...message('spamreport', 1772620001, 'angry@example.com'), ...fields }),
  unsubscribe: (fields) => ({ ...message('unsubscribe', 1772620002), ...fields }),
  groupUnsubscribe: (fields) => ({ ...message('group_unsubscribe', 1772620003), ...GROUP, ...fields }),
  groupResubscribe: (fields) => ({ ...message('group_resubscribe', 1772620004), ...GROUP, ...fields }),
  open: (fields) => ({
    ...message('open', 1772620005),
    ...READER,
    sg_machine_open: false,
    sg_content_type: 'html',
    ...fields,
  }),
  click: (fields) => ({
    ...message('click', 1772620006),
    ...READER,
    url: 'https://example.org/welcome?step=1',
    url_offset: { index: 0, type: 'html' },
    ...fields,
  }),
  accountStatusChange: (fields) => ({
    event: 'account_status_change',
    sg_event_id: 'YWNjb3VudC1zdGF0dXM',
    timestamp: 1772620007,
    type: 'compliance_suspend',
    ...fields,
  }),
}

function message(event: string, timestamp: number, email = 'kim@example.com'): SendgridElement {
  return {
    email,
    event,
    timestamp,
    sg_event_id: Buffer.from(`${event}-0-111122223333`).toString('base64url'),
    sg_message_id: 'qT3xkVb5SlWm0e8Yd1nZ7A.recvd-69c5d7f7b4-x2m9p-1-69A7F51C-4.0',
    'smtp-id': '<qT3xkVb5SlWm0e8Yd1nZ7A@geopod-ismtpd-12>',
    category: ['welcome', 'spring'],
    customer: '4711',
  }
}

const REFUSED = {
  ip: '192.0.2.10',
  reason: '550 5.1.1 <gone@example.com>: user unknown',
  status: '5.1.1',
  bounce_classification: 'Invalid Address',
  tls: 1,
  type: 'bounce',
}

const READER = { useragent: 'Mozilla/5.0 (X11; Linux x86_64) Thunderbird/140.0', ip: '203.0.113.9' }

const GROUP = { ...READER, url: 'https://example.org/preferences', asm_group_id: 1234 }
