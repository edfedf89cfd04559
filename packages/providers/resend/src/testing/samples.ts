/** Members of `data` that take the place of the sample's; one that is `undefined` is left out. */
export type ResendFields = Readonly<Record<string, unknown>>

/** The body of a post; spread it to change `type` or `created_at`. */
export interface ResendBody {
  readonly type: string
  readonly created_at: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Bodies as Resend documents them, with addresses of example domains. */
export interface ResendSamples {
  sent(data?: ResendFields): ResendBody
  scheduled(data?: ResendFields): ResendBody
  delivered(data?: ResendFields): ResendBody
  deliveryDelayed(data?: ResendFields): ResendBody
  /** @param type type and sub-type, as in Resend's documentation. @default 'Permanent/General' */
  bounced(type?: string, data?: ResendFields): ResendBody
  complained(data?: ResendFields): ResendBody
  opened(data?: ResendFields): ResendBody
  clicked(data?: ResendFields): ResendBody
  failed(data?: ResendFields): ResendBody
  suppressed(data?: ResendFields): ResendBody
  /** An address put on the account's list by hand; `{ origin: 'bounce' }` or `'complaint'`: by Resend. */
  suppressionAdded(data?: ResendFields): ResendBody
  suppressionRemoved(data?: ResendFields): ResendBody
  contactUpdated(data?: ResendFields): ResendBody
}

/** The samples. */
export const resendSamples: ResendSamples = {
  sent: (data) => email('sent', '09:35:24', data),
  scheduled: (data) => email('scheduled', '09:35:23', data),
  delivered: (data) => email('delivered', '09:35:26', data),
  deliveryDelayed: (data) => email('delivery_delayed', '09:35:25', data),
  bounced: (words = 'Permanent/General', data) => {
    const [type, subType] = words.split('/')
    const bounce = { type, subType, message: 'The server of the recipient refused the message.' }
    return email('bounced', '09:35:27', { to: ['gone@example.com'], bounce, ...data })
  },
  complained: (data) => email('complained', '10:26:41', { to: ['angry@example.com'], ...data }),
  opened: (data) => email('opened', '10:26:45', data),
  clicked: (data) => email('clicked', '10:26:46', { click: CLICK, ...data }),
  failed: (data) => email('failed', '09:35:24', { failed: { reason: 'reached_daily_quota' }, ...data }),
  suppressed: (data) =>
    email('suppressed', '09:35:24', { to: ['gone@example.com'], suppressed: LISTED, ...data }),
  suppressionAdded: (data) => body('suppression.added', '11:00:00', { ...SUPPRESSION, ...data }),
  suppressionRemoved: (data) => body('suppression.removed', '11:30:00', { ...SUPPRESSION, ...data }),
  contactUpdated: (data) => body('contact.updated', '11:45:00', { ...CONTACT, ...data }),
}

function email(type: string, time: string, data: ResendFields = {}): ResendBody {
  return body(`email.${type}`, time, { ...SENT, ...data })
}

function body(type: string, time: string, data: ResendFields): ResendBody {
  return { type, created_at: `2026-03-04T${time}.126Z`, data }
}

const SENT = {
  created_at: '2026-03-04 09:35:23.894719+00',
  email_id: '5f2c7a10-93be-4b0d-9a3e-6d1f08c4e7a2',
  message_id: '<0100019c@email.example.org>',
  from: 'Shop <shop@example.org>',
  to: ['kim@example.com'],
  subject: 'Welcome',
  tags: { category: 'welcome', customer: '4711' },
}

const CLICK = {
  ipAddress: '203.0.113.9',
  link: 'https://example.org/welcome?step=1',
  timestamp: '2026-03-04T10:26:46.126Z',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Thunderbird/140.0',
}

const LISTED = { type: 'OnAccountSuppressionList', message: 'The address is on the list of the account.' }

const SUPPRESSION = {
  id: '6a1b0c2d-1111-4222-8333-444455556666',
  email: 'kim@example.com',
  origin: 'manual',
  source_id: null,
  created_at: '2026-03-04T11:00:00.126Z',
}

const CONTACT = {
  id: '7b2c1d3e-1111-4222-8333-444455556666',
  email: 'kim@example.com',
  unsubscribed: true,
  created_at: '2026-03-01T08:00:00.000Z',
  updated_at: '2026-03-04T11:45:00.126Z',
}
