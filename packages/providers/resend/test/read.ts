import type { Parsed } from '@bouncy/core'
import { resend } from '@bouncy/resend'
import { createResendSigner, type ResendPost, type ResendSigner } from '@bouncy/resend/testing'
import { toWebhookRequest } from '@bouncy/testkit'

/** The time of the tests. */
export const NOW: number = Date.parse('2026-03-04T12:00:00Z')

/** A signer of its own secret. */
export const signerAt = (ms: number): ResendSigner => createResendSigner({ now: () => ms })

/** The one whose posts the tests' provider accepts. */
export const signer: ResendSigner = signerAt(NOW)

/** That provider. */
export const provider = (): ReturnType<typeof resend> => resend({ secrets: signer.secrets, now: () => NOW })

/** What a genuine post means. */
export function read(post: ResendPost): Parsed {
  const own = provider()
  return own.parse(own.verify(toWebhookRequest(post)) as never)
}

/** The ids of the events of a body. */
export const idsOf = (body: object): readonly string[] =>
  read(signer.post(body)).events.map((event) => event.id)
