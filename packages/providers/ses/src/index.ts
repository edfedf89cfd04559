import type { Provider } from '@bouncy/core'
import { createSnsVerifier } from '@bouncy/sns'
import { confirm, noticeOf } from './confirmation.ts'
import { checkOwnOptions, type SesOptions } from './options.ts'
import { parseMessage } from './parse.ts'
import { createVerify, type SesPayload } from './verify.ts'

export type { SesOptions } from './options.ts'
export { type ParseOptions, parseSesEventBridge, parseSesLambda, parseSesMessage } from './transports.ts'
export type { SesPayload } from './verify.ts'

/**
 * Receives what Amazon SES publishes through Amazon SNS over HTTPS, identity notifications and event publishing alike.
 *
 * @throws TypeError no topic, one that is no ARN, empty credentials, an unknown option
 * @example
 * ses({ topicArns: ['arn:aws:sns:us-east-1:111122223333:mail-events'] })
 */
export function ses(options: SesOptions): Provider<SesPayload> {
  checkOwnOptions(options)
  const { name = 'ses', confirmSubscriptions = true, basicAuth: _, ...rest } = options
  const sns = createSnsVerifier(rest)
  return {
    name,
    maxBodyBytes: options.limits?.maxBytes ?? 1024 * 1024,
    verify: createVerify(sns, options),
    async handshake(payload) {
      return payload.kind === 'confirmation'
        ? confirm(sns, payload.confirmation, confirmSubscriptions)
        : undefined
    },
    parse: (payload) =>
      payload.kind === 'confirmation' ? noticeOf(payload.confirmation) : parseMessage(name, payload.carried),
  }
}
