import type { BasicCredentials } from '@bouncy/core/provider'
import type { SnsVerifierOptions } from '@bouncy/sns'

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
  // by hand: the schema library is in @bouncy/sns already, and a second one would double the time to start
  if (typeof options !== 'object' || options === null) throw mistake('give { topicArns: […] }')
  const { name = 'ses', confirmSubscriptions = true, basicAuth = [] } = options
  if (typeof name !== 'string') throw mistake('name: give a text')
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(name))
    throw mistake('name: use lower-case letters, digits, - and _; it stands in the URL')
  if (typeof confirmSubscriptions !== 'boolean') throw mistake('confirmSubscriptions: give true or false')
  if (!Array.isArray(basicAuth)) throw mistake('basicAuth: give a list of { username, password }')
  for (const [index, pair] of basicAuth.entries()) {
    if (typeof pair !== 'object' || pair === null)
      throw mistake(`basicAuth.${index}: give { username, password }`)
  }
}

const mistake = (what: string): TypeError => new TypeError(`[bouncy/ses] ${what}`)
