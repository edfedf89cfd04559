import { readFileSync } from 'node:fs'
import type { MailEvent } from '@bouncy/core'
import { describe, expect, it } from 'vitest'
import { posts, read } from './read.ts'

interface Expected {
  readonly file: string
  readonly kind: string
  readonly bounceClass: string | null
  readonly recipients: readonly string[]
  readonly providerMessageId: string
  readonly timestamp: string | null
  readonly diagnostic: string | null
  readonly status: string | null
  readonly events: readonly Details[]
}

interface Details {
  readonly tag?: string
  readonly stream?: string
  readonly url?: string
  readonly userAgent?: string
}

interface Otherwise {
  readonly why: string
  readonly quarantined?: string
  readonly diagnostic?: null
}

const folder = new URL('postmark/', `file://${process.env.BOUNCY_VECTORS}/`)
const vectors = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as readonly Expected[]

/** Where our reading is not that of `expected.json`, and why. What is decided here stands in `src/mapping.ts` too. */
const OTHERWISE: Readonly<Record<string, Otherwise>> = {
  'laravelmails-complaint.json': {
    why: 'a complaint has no diagnostic: nobody refused the message; its Details stay in raw',
    diagnostic: null,
  },
  'anymail-inbound-inbound-basics.json': {
    why: 'mail to the account is no event of a message that it sent',
    quarantined: 'inbound-message',
  },
  'anymail-inbound-inbound-with-raw-email.json': {
    why: 'mail to the account is no event of a message that it sent',
    quarantined: 'inbound-message',
  },
}

describe('the vectors', () => {
  it('are all there', () => {
    expect(vectors).toHaveLength(22)
    expect(Object.keys(OTHERWISE).filter((file) => !vectors.some((one) => one.file === file))).toEqual([])
  })

  it.each(vectors)('$file', (expected) => {
    const parsed = read(posts.of(readFileSync(new URL(expected.file, folder), 'utf8')))
    const otherwise = OTHERWISE[expected.file]
    if (otherwise?.quarantined !== undefined) {
      expect(parsed.quarantined?.map(({ reason }) => reason)).toEqual([otherwise.quarantined])
      return
    }
    expect(parsed.quarantined ?? []).toEqual([])
    expect(parsed.events.map(inTheirWords)).toEqual([
      {
        kind: expected.kind,
        bounceClass: expected.bounceClass,
        recipient: expected.recipients[0],
        messageId: /[^0-]/.test(expected.providerMessageId) ? expected.providerMessageId : undefined,
        timestamp: expected.timestamp,
        diagnostic: otherwise?.diagnostic === null ? null : expected.diagnostic,
        status: expected.status,
        tags: expected.events[0]?.tag ? [expected.events[0].tag] : [],
        stream: expected.events[0]?.stream,
        url: expected.events[0]?.url,
        userAgent: expected.events[0]?.userAgent,
      },
    ])
  })
})

function inTheirWords(event: MailEvent): object {
  const facts: Partial<Record<string, unknown>> = { ...event }
  return {
    kind: event.type,
    bounceClass: facts.bounceType ?? null,
    recipient: event.recipient,
    messageId: event.messageId,
    timestamp: event.timestamp,
    diagnostic: facts.diagnostic ?? facts.smtpResponse ?? null,
    status: facts.status ?? null,
    tags: event.tags,
    stream: event.stream,
    url: facts.url,
    userAgent: facts.userAgent,
  }
}
