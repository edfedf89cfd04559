import type { Bounce } from '@bouncy/core'
import { given, reasonOf, statusIn, type Verdict, verdictOf } from '@bouncy/core/provider'
import type { Facts } from './facts.ts'
import { AUTO_REPLIES_AS, SUB_TYPES } from './mapping.ts'
import type { Part, Recipient } from './wire.ts'

/**
 * What a bounce means for one of its recipients. The type is SES's word for all of them together; the delivery report
 * speaks of each: one may have failed while another is late, or was even delivered.
 */
export function readBounce(part: Part, recipient: Recipient): Facts {
  const action = recipient.action?.trim().toLowerCase()
  const status = statusIn(recipient.status)
  const diagnostic = recipient.diagnosticCode
  const providerType = [part.bounceType, part.bounceSubType].filter(Boolean).join('/') || 'Bounce'
  const servers = given({ reportingMta: part.reportingMTA, remoteMta: part.remoteMtaIp })
  // RFC 3464: the server goes on trying, whatever the status, and tells again when it gives up
  if (action === 'delayed') {
    const reason = reasonOf({ status, diagnostic })
    return { type: 'deferral', reason, providerType, ...given({ status, diagnostic }), ...servers }
  }
  // 'delivered', 'relayed' and 'expanded' (RFC 3464)
  if (status?.startsWith('2.') && action !== 'failed') {
    return { type: 'delivery', ...given({ smtpResponse: diagnostic }), ...servers }
  }
  return {
    type: 'bounce',
    bounceType: bounceTypeOf(part, status),
    ...judge(part, recipient, status),
    providerType,
    ...given({ status, diagnostic, action: recipient.action }),
    ...servers,
  }
}

/**
 * SES's word decides, since it knows more than the code (it calls some 5.x.x transient); except that a code of class 4
 * says that the address may work later, and so nobody is suppressed for good because of it.
 */
function bounceTypeOf({ bounceType }: Part, status: string | undefined): Bounce['bounceType'] {
  if (bounceType === 'Permanent') return status?.startsWith('4.') ? 'soft' : 'hard'
  return bounceType === 'Transient' ? 'soft' : 'undetermined'
}

function judge(part: Part, recipient: Recipient, status: string | undefined): Verdict {
  const { bounceType, bounceSubType = '', reportingMTA } = part
  const known = Object.hasOwn(SUB_TYPES, bounceSubType) ? SUB_TYPES[bounceSubType] : undefined
  if (known !== undefined) return known
  const reported = reportingMTA ?? recipient.action ?? recipient.status ?? recipient.diagnosticCode
  if (reported === undefined && `${bounceType}/${bounceSubType}` === AUTO_REPLIES_AS)
    return verdictOf('auto-reply')
  return verdictOf(reasonOf({ status, diagnostic: recipient.diagnosticCode }))
}
