import type { Bouncy, Suppression } from '@bouncy/core'
import { bareAddress } from '@bouncy/core/provider'
import type { Transporter } from 'nodemailer'

/** The way of all mail of the shop. */
export interface Mailer {
  /** Whether what somebody typed is an address that we may write to. */
  judge(typed: string): Promise<{ readonly address: string } | { readonly refusal: string }>
  /** Sends, unless the address is suppressed. */
  send(to: string, subject: string, text: string): Promise<Sent>
}

/** What became of a mail; `on hold`: its recipient is suppressed. */
export type Sent = 'sent' | 'on hold' | 'failed'

export function createMailer(bouncy: Bouncy, transport: Transporter): Mailer {
  return {
    async judge(typed) {
      // a mail program reads "a@x.example, b <c@y.example>" as two recipients: what is checked is what is mailed
      const { deliverable, suppressed } = await bouncy.filterRecipients([bareAddress(typed)])
      const [address] = deliverable
      return address === undefined ? { refusal: refusalOf(suppressed[0]) } : { address }
    },
    async send(to, subject, text) {
      const { deliverable } = await bouncy.filterRecipients([to])
      if (deliverable.length === 0) return 'on hold'
      try {
        await transport.sendMail({ from: 'Little Shop <shop@example.org>', to: deliverable, subject, text })
        return 'sent'
      } catch (error) {
        console.error('a mail could not be sent:', error)
        return 'failed'
      }
    },
  }
}

function refusalOf(suppression: Suppression | undefined): string {
  if (suppression === undefined) return 'This is no e-mail address. It looks like name@example.com.'
  return suppression.reason === 'bounce'
    ? 'Mail to this address has come back before, so it would not reach you. Please give us another one.'
    : 'We were asked not to write to this address. Please give us another one.'
}
