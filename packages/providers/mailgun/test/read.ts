import type { Parsed } from '@bouncy/core'
import { mailgun } from '@bouncy/mailgun'
import { createMailgunSigner, type MailgunPost, type MailgunSigner } from '@bouncy/mailgun/testing'
import { toWebhookRequest } from '@bouncy/testkit'

/** The time of the tests. */
export const NOW: number = Date.parse('2026-03-04T12:00:00Z')

/** Signs at another time, or with another key. */
export const signerAt = (ms: number, signingKey = 'key-of-the-account'): MailgunSigner =>
  createMailgunSigner({ signingKey, now: () => ms })

/** The one whose posts the tests' provider accepts. */
export const signer: MailgunSigner = signerAt(NOW)

/** That provider. */
export const provider = (): ReturnType<typeof mailgun> =>
  mailgun({ signingKeys: [signer.signingKey], now: () => NOW })

/** What a genuine post means, without its token. */
export function read(post: MailgunPost): Omit<Parsed, 'tokens'> {
  const own = provider()
  const { tokens: _, ...parsed } = own.parse(own.verify(toWebhookRequest(post)) as never)
  return parsed
}

/** The ids of the events of a body. */
export const idsOf = (event: object | string): readonly string[] =>
  read(signer.post(event)).events.map(({ id }) => id)
