import type { Parsed } from '@bouncy/core'
import { sendgrid } from '@bouncy/sendgrid'
import { createSendgridSigner, type SendgridPost, type SendgridSigner } from '@bouncy/sendgrid/testing'
import { toWebhookRequest } from '@bouncy/testkit'

/** The time of the tests. */
export const NOW: number = Date.parse('2026-03-04T12:00:00Z')

/** A signer of its own key. */
export const signerAt = (ms: number): SendgridSigner => createSendgridSigner({ now: () => ms })

/** The one whose posts the tests' provider accepts. */
export const signer: SendgridSigner = signerAt(NOW)

/** That provider. */
export const provider = (): ReturnType<typeof sendgrid> =>
  sendgrid({ publicKeys: [signer.publicKey], now: () => NOW })

/** What a genuine post means. */
export function read(post: SendgridPost): Parsed {
  const own = provider()
  return own.parse(own.verify(toWebhookRequest(post)) as never)
}

/** The ids of the events of elements. */
export const idsOf = (...elements: readonly object[]): readonly string[] =>
  read(signer.post(elements)).events.map((event) => event.id)
