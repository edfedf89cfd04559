import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MailEvent, Parsed } from '@bouncy/core'
import { parseSesLambda, parseSesMessage, ses } from '@bouncy/ses'
import { toWebhookRequest } from '@bouncy/testkit'
import { describe, expect, it } from 'vitest'

const folder = process.env.BOUNCY_VECTORS ?? ''
const text = (...path: readonly string[]): string => readFileSync(join(folder, ...path), 'utf8')

interface Expected {
  readonly file: string
  readonly kind: string
  readonly events: readonly ExpectedEvent[]
}

interface ExpectedEvent {
  readonly kind: string
  readonly bounceClass: string | null
  readonly recipients: readonly string[]
  readonly perRecipient?: readonly {
    readonly address: string
    readonly status: string | null
    readonly action: string | null
    readonly diagnostic: string | null
  }[]
  readonly providerMessageId: string | null
  readonly timestamp: string
  readonly diagnostic: string | null
  readonly feedbackType?: string
  readonly userAgent?: string
  readonly url?: string
  readonly subType?: string
  readonly reportingMta?: string
  readonly remoteMta?: string
}

const expectations = JSON.parse(text('ses', 'expected.json')) as readonly Expected[]

/** Where our reading is another than that of `expected.json`, which leaves room for it. */
const OUR_READING: Readonly<Record<string, { readonly facts: Partial<MailEvent>; readonly why: string }>> = {
  'djangoses-bounce-eventtype.json recipient2@example.com': {
    facts: { type: 'deferral', reason: 'unknown', providerType: 'Permanent/General', status: '4.0.0' },
    why: 'a recipient whose action is delayed is still being tried, whatever became of the others (RFC 3464)',
  },
}

describe('SES payloads of other projects', () => {
  it.each(expectations.filter(({ kind }) => kind !== 'subscription'))(
    '$file is $kind',
    ({ file, kind, events }) => {
      const parsed = parse(text('ses', file))
      if (kind === 'inbound') {
        expect(parsed).toMatchObject({ events: [], quarantined: [{ reason: 'type-unknown: Received' }] })
        return
      }
      expect(parsed.quarantined ?? []).toEqual([])
      expect(parsed.events).toEqual(
        events.flatMap((event) =>
          event.recipients.map((recipient) => {
            const ours = OUR_READING[`${file} ${recipient}`]?.facts ?? factsOf(event, recipient)
            return expect.objectContaining({ ...commonOf(event, recipient), ...ours })
          }),
        ),
      )
    },
  )

  it.each(expectations.filter(({ kind }) => kind === 'subscription'))(
    '$file is refused: its signature is a placeholder',
    async ({ file, events }) => {
      const now = () => Date.parse(events[0]?.timestamp ?? '')
      const body = text('ses', file)
      const provider = ses({
        topicArns: [JSON.parse(body).TopicArn],
        now,
        fetch: () => Promise.reject(new Error()),
      })
      const request = toWebhookRequest({ method: 'POST', headers: {}, body })
      await expect(provider.verify(request)).rejects.toMatchObject({ name: 'WebhookError' })
    },
  )

  it('are all there, and every reading of ours has its reason', () => {
    expect(expectations).toHaveLength(25)
    for (const [key, { why }] of Object.entries(OUR_READING)) {
      const [file] = key.split(' ')
      expect(expectations.map((one) => one.file)).toContain(file)
      expect(why).not.toBe('')
    }
  })
})

interface Signed {
  readonly file: string
  readonly cert: string
  readonly type: string
  readonly valid: boolean
  readonly now: string
}

const { vectors } = JSON.parse(text('sns', 'vectors.json')) as { readonly vectors: readonly Signed[] }
/** What SES had Amazon sign; the events that it means. */
const FROM_SES: Readonly<Record<string, Partial<MailEvent>>> = {
  'bouncy-bounce-notification.json': {
    type: 'bounce',
    bounceType: 'hard',
    reason: 'mailbox-not-found',
    status: '5.1.1',
  },
  'bouncy-complaint-notification.json': { type: 'complaint', feedbackType: 'abuse', certain: true },
  'djangoses-signed-bounce-no-subject.json': {
    type: 'bounce',
    bounceType: 'hard',
    remoteMta: '3.231.136.178',
  },
  'djangoses-signed-complaint.json': { type: 'complaint', feedbackType: 'abuse', stream: expect.any(String) },
}

describe('messages signed by Amazon, end to end', () => {
  it.each(vectors.filter(({ file }) => file in FROM_SES))('$file', async (vector) => {
    const { provider, request } = received(vector)
    const parsed = provider.parse(await provider.verify(request))
    expect(parsed.events).toMatchObject([FROM_SES[vector.file]])
  })

  it.each(vectors.filter(({ type, valid }) => valid && type === 'SubscriptionConfirmation'))(
    '$file is confirmed by our request',
    async (vector) => {
      const { provider, request, requests } = received(vector)
      expect(await provider.handshake?.(await provider.verify(request))).toMatchObject({ status: 200 })
      expect(requests.at(-1)).toMatch(
        /^https:\/\/sns\.[a-z0-9-]+\.amazonaws\.com\/\?Action=ConfirmSubscription&/,
      )
    },
  )

  it.each(vectors.filter(({ valid }) => !valid))('$file is refused', async (vector) => {
    const { provider, request } = received(vector)
    await expect(provider.verify(request)).rejects.toMatchObject({ status: 403 })
  })
})

function received({ file, cert, now }: Signed) {
  const body = text('sns', file)
  const requests: string[] = []
  const provider = ses({
    topicArns: [JSON.parse(body).TopicArn],
    now: () => Date.parse(now),
    fetch: async (input) => {
      requests.push(String(input))
      return new Response(text('sns', cert))
    },
  })
  return { provider, requests, request: toWebhookRequest({ method: 'POST', headers: {}, body }) }
}

/** The signatures of these do not fit: they are read as Lambda hands them over, or as the bare messages that they are. */
function parse(body: string): Parsed {
  const envelope = JSON.parse(body)
  return typeof envelope.Message === 'string'
    ? parseSesLambda({ Records: [{ Sns: envelope }] })
    : parseSesMessage(body)
}

function commonOf({ providerMessageId, timestamp }: ExpectedEvent, recipient: string): object {
  return { recipient, timestamp, ...(providerMessageId === null ? {} : { messageId: providerMessageId }) }
}

function factsOf(event: ExpectedEvent, recipient: string): object {
  const own = event.perRecipient?.find(({ address }) => address === recipient)
  const { kind: type, diagnostic, userAgent, reportingMta, remoteMta } = event
  const known = {
    bounce: {
      bounceType: event.bounceClass,
      providerType: event.subType,
      status: own?.status,
      action: own?.action,
      diagnostic: own?.diagnostic,
      reportingMta,
      remoteMta,
    },
    complaint: { feedbackType: event.feedbackType ?? 'unknown', userAgent },
    delivery: { smtpResponse: diagnostic },
    open: { userAgent },
    click: { userAgent, url: event.url },
    reject: { diagnostic },
    failure: { diagnostic },
  }[type]
  const facts = Object.entries(known ?? {}).filter(([, value]) => value !== null && value !== undefined)
  return { type, ...Object.fromEntries(facts) }
}
