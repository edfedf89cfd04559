import { Buffer } from 'node:buffer'
import { WebhookError } from './error.ts'
import { secretCheck } from './same-secret.ts'
import type { WebhookRequest } from './webhook.ts'

/** One pair that a webhook's URL may carry as userinfo. */
export interface BasicCredentials {
  readonly username: string
  readonly password: string
}

const NOT_SET = new Set(['', 'undefined', 'null'])

/**
 * A check of HTTP Basic credentials (RFC 7617): any of the configured pairs will do, so that one can be replaced while
 * both are in use. Every pair is compared, in constant time.
 *
 * @param owner the package, `'bouncy/postmark'`
 * @param key the option that holds the pairs
 * @throws TypeError no pair, or one that is empty or comes from an environment variable that is not set
 */
export function basicAuth(
  owner: string,
  key: string,
  credentials: readonly BasicCredentials[],
): (request: WebhookRequest) => void {
  if (!Array.isArray(credentials) || credentials.length === 0) {
    throw new TypeError(`[${owner}] ${key}: give at least one { username, password }`)
  }
  const accepted = credentials.map(({ username, password }: BasicCredentials, index) => {
    for (const [name, value] of Object.entries({ username, password })) {
      if (typeof value !== 'string' || NOT_SET.has(value.trim())) {
        throw new TypeError(
          `[${owner}] ${key}.${index}.${name}: give a text that is not empty; is the environment variable set?`,
        )
      }
    }
    if (username.includes(':'))
      throw new TypeError(`[${owner}] ${key}.${index}.username: leave out the colon (RFC 7617)`)
    return secretCheck(`${username}:${password}`)
  })
  return (request) => {
    const given = readHeader(request.header('authorization'))
    if (given === undefined)
      throw new WebhookError('credentials-missing', `[${owner}] no Basic credentials came with the request`)
    let known = false
    for (const isRight of accepted) known = isRight(given) || known
    if (!known)
      throw new WebhookError('credentials-wrong', `[${owner}] the Basic credentials are none of ${key}`)
  }
}

function readHeader(header: string | undefined): string | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header?.trim() ?? '')?.[1]
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8')
}
