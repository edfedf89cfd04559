import type { Provider } from '@bouncy/core'
import { createSnsVerifier, type SnsStats, type SnsVerifier } from '@bouncy/sns'
import { confirm, noticeOf } from './confirmation.ts'
import { checkOwnOptions, type SesOptions } from './options.ts'
import { parseMessage } from './parse.ts'
import { createVerify, type SesPayload } from './verify.ts'

export type { SesOptions } from './options.ts'
export { type ParseOptions, parseSesEventBridge, parseSesLambda, parseSesMessage } from './transports.ts'
export type { SesPayload } from './verify.ts'

/** The provider, and what became of the messages that it was given. */
export interface SesProvider extends Provider<SesPayload> {
  /** How many messages were accepted and, by reason code, refused since the start: for metrics and alarms. */
  stats(): SnsStats
}

/**
 * Receives what Amazon SES publishes through Amazon SNS over HTTPS, identity notifications and event publishing alike.
 *
 * @throws TypeError no topic, one that is no ARN, empty credentials, an unknown option
 * @example
 * ses({ topicArns: ['arn:aws:sns:us-east-1:111122223333:mail-events'] })
 */
export function ses(options: SesOptions): SesProvider {
  checkOwnOptions(options)
  const { name = 'ses', confirmSubscriptions = true, basicAuth: _, ...rest } = options
  const sns = createSnsVerifier(rest)
  let unlimited: SnsVerifier | undefined
  /** For messages of a queue, and made with the first of them. */
  const snsWithoutAgeLimit = (): SnsVerifier => {
    unlimited ??= createSnsVerifier({ ...rest, maxAgeMs: Number.POSITIVE_INFINITY })
    return unlimited
  }
  return {
    name,
    maxBodyBytes: options.limits?.maxBytes ?? 1024 * 1024,
    verify: createVerify(sns, snsWithoutAgeLimit, options),
    async handshake(payload) {
      return payload.kind === 'confirmation'
        ? confirm(sns, payload.confirmation, confirmSubscriptions)
        : undefined
    },
    stats: () => sum(sns.stats(), unlimited?.stats()),
    parse: (payload) =>
      payload.kind === 'confirmation' ? noticeOf(payload.confirmation) : parseMessage(name, payload.carried),
  }
}

function sum(one: SnsStats, other: SnsStats = { accepted: 0, refused: {} }): SnsStats {
  const refused = { ...one.refused }
  for (const code of Object.keys(other.refused) as (keyof SnsStats['refused'])[]) {
    refused[code] = (refused[code] ?? 0) + (other.refused[code] ?? 0)
  }
  return { accepted: one.accepted + other.accepted, refused }
}
