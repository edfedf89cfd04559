const TYPE_CODES: Readonly<Record<string, number>> = {
  HardBounce: 1,
  Transient: 2,
  Unsubscribe: 16,
  Subscribe: 32,
  AutoResponder: 64,
  AddressChange: 128,
  DnsError: 256,
  SpamNotification: 512,
  OpenRelayTest: 1024,
  Unknown: 2048,
  SoftBounce: 4096,
  VirusNotification: 8192,
  ChallengeVerification: 16384,
  BadEmailAddress: 100000,
  SpamComplaint: 100001,
  ManuallyDeactivated: 100002,
  Unconfirmed: 100003,
  Blocked: 100006,
  SMTPApiError: 100007,
  InboundError: 100008,
  DMARCPolicy: 100009,
  TemplateRenderingFailed: 100010,
}

const GIVEN_UP = new Set(['HardBounce', 'BadEmailAddress', 'SpamComplaint', 'ManuallyDeactivated'])

const DETAILS: Readonly<Record<string, string>> = {
  HardBounce: 'smtp;550 5.1.1 no such user here',
  SoftBounce: 'smtp;452 4.2.2 the mailbox is over its quota',
  Transient: 'smtp;451 4.3.2 please try again later',
  Blocked: 'smtp;554 5.7.1 blocked by the list of example.net',
}

/** What the samples of a `Type` say differently. */
export function typeFields(type: string): object {
  return {
    Type: type,
    TypeCode: TYPE_CODES[type] ?? 100999,
    Name: type,
    Details: DETAILS[type] ?? '',
    Inactive: GIVEN_UP.has(type),
  }
}

const SENT = {
  MessageStream: 'outbound',
  MessageID: '5f2c7a10-93be-4b0d-9a3e-6d1f08c4e7a2',
  ServerID: 23,
  Tag: 'welcome',
  Metadata: { customer: '4711' },
}

/** Each of these is what Postmark documents, with addresses of example domains. */
export const BOUNCE: object = {
  RecordType: 'Bounce',
  ID: 700000001,
  ...SENT,
  Description: 'The server could not take the message.',
  Email: 'gone@example.com',
  From: 'shop@example.org',
  BouncedAt: '2026-03-04T09:15:27.4183920Z',
  DumpAvailable: true,
  CanActivate: true,
  Subject: 'Welcome',
}

export const COMPLAINT: object = {
  ...typeFields('SpamComplaint'),
  RecordType: 'SpamComplaint',
  ID: 700000002,
  Description: 'The reader marked the message as spam.',
  Email: 'angry@example.com',
  CanActivate: false,
}

export const DELIVERY: object = {
  RecordType: 'Delivery',
  ...SENT,
  Recipient: 'kim@example.com',
  DeliveredAt: '2026-03-04T09:15:26.1029384Z',
  Details: 'smtp;250 2.0.0 OK queued as 7B3C',
}

const READER = {
  Client: { Name: 'Thunderbird 140', Company: 'MZLA', Family: 'Thunderbird' },
  OS: { Name: 'Debian 13', Company: 'Debian', Family: 'Linux' },
  Platform: 'Desktop',
  UserAgent: 'Mozilla/5.0 (X11; Linux x86_64) Thunderbird/140.0',
  Geo: { CountryISOCode: 'NL', Country: 'Netherlands', IP: '203.0.113.9' },
  Recipient: 'kim@example.com',
}

export const OPEN: object = {
  RecordType: 'Open',
  ...SENT,
  FirstOpen: true,
  ...READER,
  ReadSeconds: 5,
  ReceivedAt: '2026-03-04T10:00:00.0000001Z',
}

export const CLICK: object = {
  RecordType: 'Click',
  ...SENT,
  ClickLocation: 'HTML',
  ...READER,
  OriginalLink: 'https://example.org/welcome?step=1',
  ReceivedAt: '2026-03-04T10:00:07.5000000Z',
}

export const CHANGE: object = {
  RecordType: 'SubscriptionChange',
  ...SENT,
  ChangedAt: '2026-03-05T08:00:00Z',
  Recipient: 'kim@example.com',
  Origin: 'Recipient',
  SuppressSending: true,
  SuppressionReason: 'ManualSuppression',
}

export const BOUNCE_OF_2010: object = {
  ID: 42,
  Type: 'HardBounce',
  TypeCode: 1,
  Name: 'Hard bounce',
  Tag: 'Test',
  Description: 'Test bounce description',
  Details: 'Test bounce details',
  Email: 'gone@example.com',
  BouncedAt: '2010-08-01T13:28:10.2735393-04:00',
  DumpAvailable: true,
  Inactive: true,
  CanActivate: true,
}

export const INBOUND: object = {
  From: 'reader@example.net',
  FromName: 'A Reader',
  FromFull: { Email: 'reader@example.net', Name: 'A Reader', MailboxHash: '' },
  ToFull: [{ Email: 'hash@inbound.example.org', Name: '', MailboxHash: '' }],
  MessageStream: 'inbound',
  MessageID: '0c9a7be4-52f1-4f6e-8f5d-2a60b7c93d15',
  Subject: 'A question',
  Date: 'Wed, 4 Mar 2026 10:15:27 +0100',
  TextBody: 'Where is my parcel?',
  Headers: [{ Name: 'X-Spam-Score', Value: '-0.1' }],
  Attachments: [],
}
