import { type Token, WebhookError, type WebhookRequest } from '@bouncy/core'
import { nodeCrypto, readJson, sameDigest, sha256 } from '@bouncy/core/provider'
import { readSignature } from './wire.ts'

/** `event-data` (a number too long for a double as text), when it was signed (ISO 8601), and the token that it spends. */
export interface MailgunPayload {
  readonly data: unknown
  readonly signedAt: string
  readonly token: Token
}

/**
 * Who knows one of the keys is Mailgun. It signs a timestamp and a token, and nothing of what it says: whoever sees a post
 * could say something else with its signature. So the store binds the token to the event as it takes the event, and has
 * it refused with another one. Bound is `event-data` in one spelling: a post may be repeated, however it is written.
 * All attempts show the same signature, as those say who watched them; the last is made eight hours after the first.
 * Sources: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks,
 * https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries,
 * https://github.com/hookdeck/webhook-skills/blob/main/skills/mailgun-webhooks/references/verification.md
 */
export function createVerify(
  keys: readonly string[],
  toleranceMs: number = 43_200_000,
  now: () => number = Date.now,
): (request: WebhookRequest) => MailgunPayload {
  const secrets = keys.map((key) => nodeCrypto().createSecretKey(key, 'utf8'))
  return (request) => {
    refuseForm(request)
    const { signature, 'event-data': data = null } = readBody(request.body)
    const { timestamp = '', token = '', ...given } = readSignature(signature) ?? {}
    let known = false
    for (const secret of secrets) {
      const right = nodeCrypto().createHmac('sha256', secret).update(`${timestamp}${token}`).digest('hex')
      for (const one of Object.values(given)) known = sameDigest(one, right) || known
    }
    // No later attempt will be any better: Mailgun stops at 406, and goes on after any other refusal.
    if (!known)
      throw new WebhookError('signature-wrong', '[bouncy/mailgun] none of signingKeys signed it', {
        status: 406,
      })
    const signedAt = Number(timestamp) * 1000
    if (now() - signedAt > toleranceMs)
      throw new WebhookError('too-old', '[bouncy/mailgun] signed longer ago than toleranceMs')
    if (signedAt - now() > 300_000)
      throw new WebhookError('from-the-future', '[bouncy/mailgun] signed in the future; check this clock')
    const spent = { id: token, binding: digestOf(data), until: signedAt + toleranceMs }
    return { data, signedAt: new Date(signedAt).toISOString(), token: spent }
  }
}

/** Webhooks of before 2018 post forms, and so do routes, which forward what the account receives. */
function refuseForm(request: WebhookRequest): void {
  const type = request.header('content-type')?.trim() ?? ''
  if (!/^(application\/x-www-form-urlencoded|multipart\/)/i.test(type) || request.body[0] === 0x7b) return
  const remedy = 'under Webhooks replace the legacy webhook by one that posts JSON; forward no route here'
  throw new WebhookError('form-not-supported', `[bouncy/mailgun] a form came: at Mailgun, ${remedy}`)
}

function readBody(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const value = readJson(bytes, { freeForm: ['user-variables'] })
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw new WebhookError('body-malformed', '[bouncy/mailgun] the body is not a JSON object')
}

const digestOf = (data: unknown): string => sha256(JSON.stringify(inOneOrder(data)), 'base64url')

/** What JSON spells in one way: an object is a list of its names and members by name, and a list is told apart by its first item. */
function inOneOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return [1, ...value.map(inOneOrder)]
  const members = value as Readonly<Record<string, unknown>>
  const list: unknown[] = [0]
  for (const name of Object.keys(members).sort()) list.push(name, inOneOrder(members[name]))
  return list
}
