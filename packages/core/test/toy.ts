import {
  type Bounce,
  type Logger,
  type MailEvent,
  type Provider,
  WebhookError,
  type WebhookRequest,
} from '@bouncy/core'
import { eventId, eventTime, readJson } from '@bouncy/core/provider'

/** The smallest provider there is: a password in a header, and a list of events as the body. */
export function toy(overrides: Partial<Provider> = {}): Provider {
  return {
    name: 'toy',
    verify(request: WebhookRequest) {
      if (request.header('x-password') !== 'right')
        throw new WebhookError('signature-wrong', '[bouncy/toy] no')
      return readJson(request.body)
    },
    parse: (payload: readonly ToyEvent[]) => ({
      events: payload.filter((item) => item.type !== 'riddle').map(toEvent),
      quarantined: payload.filter((item) => item.type === 'riddle').map((raw) => ({ reason: 'riddle', raw })),
    }),
    ...overrides,
  }
}

export interface ToyEvent {
  readonly type: MailEvent['type'] | 'riddle'
  readonly to?: string
  readonly at?: string | null
  readonly key?: string
  readonly stream?: string
  readonly more?: object
}

const ESSENTIALS: Readonly<Record<string, object>> = {
  bounce: {
    bounceType: 'hard',
    reason: 'mailbox-not-found',
    countsAgainstRecipient: true,
    providerType: 'Hard',
  } satisfies Partial<Bounce>,
  complaint: { feedbackType: 'abuse', certain: true },
}

function toEvent({
  type,
  to = 'kim@example.com',
  at = '2026-11-01T00:00:00Z',
  key = '',
  stream,
  more,
}: ToyEvent): MailEvent {
  return {
    id: eventId('toy', to, type, key, String(at)),
    provider: 'toy',
    type,
    recipient: to,
    ...eventTime(at),
    ...(stream === undefined ? {} : { stream }),
    tags: [],
    metadata: {},
    raw: {},
    ...ESSENTIALS[type],
    ...more,
  } as MailEvent
}

export function post(body: unknown, headers: Record<string, string> = {}, method = 'POST'): WebhookRequest {
  const all = new Headers({ 'x-password': 'right', ...headers })
  return {
    method,
    url: '/webhooks/toy',
    body:
      typeof body === 'string'
        ? new TextEncoder().encode(body)
        : new TextEncoder().encode(JSON.stringify(body)),
    header: (name) => all.get(name) ?? undefined,
  }
}

/** A logger that keeps what it is told. */
export function keepingLogger(): Logger & {
  readonly lines: { level: string; facts: Record<string, unknown>; message: string }[]
} {
  const lines: { level: string; facts: Record<string, unknown>; message: string }[] = []
  const at = (level: string) => (facts: object, message: string) => {
    lines.push({ level, facts: { ...facts }, message })
  }
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
