import { type BasicCredentials, checkOptions } from '@bouncy/core/provider'
import type { SnsVerifierOptions } from '@bouncy/sns'
import * as z from 'zod/mini'

/** Which topics are listened to; those of `createSnsVerifier` say how their messages are proved genuine. */
export interface SesOptions extends SnsVerifierOptions {
  /** `event.provider` and the last segment of the webhook's path. @default 'ses' */
  readonly name?: string
  /** Whether subscriptions of listed topics are confirmed. Without, the operator gets a notice. @default true */
  readonly confirmSubscriptions?: boolean
  /**
   * What the subscription's URL carries as userinfo; several while one is being replaced. Required of every request
   * then, signed ones too, and what raw message delivery needs. SNS sends them after a first answer of 401.
   * @default none
   */
  readonly basicAuth?: readonly BasicCredentials[]
}

/**
 * Checks what is ours. The rest are options of `createSnsVerifier`, which checks them and refuses what there is not.
 *
 * @throws TypeError naming the option and the remedy
 */
export function checkOwnOptions(options: SesOptions): void {
  checkOptions('bouncy/ses', schema, options)
}

const schema = z.object(
  {
    name: z.optional(
      z
        .string('give a text')
        .check(
          z.regex(/^[a-z0-9][a-z0-9_-]*$/, 'use lower-case letters, digits, - and _; it stands in the URL'),
        ),
    ),
    confirmSubscriptions: z.optional(z.boolean('give true or false')),
    basicAuth: z.optional(
      z.array(z.object({}, 'give { username, password }'), 'give a list of { username, password }'),
    ),
  },
  'give { topicArns: […] }',
)
