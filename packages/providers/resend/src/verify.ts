import { Buffer } from 'node:buffer'
import type { KeyObject } from 'node:crypto'
import { WebhookError, type WebhookRequest } from '@bouncy/core'
import { nodeCrypto, readJson, sameDigest } from '@bouncy/core/provider'

/** A post as Resend sent it, except that a number too long for a double is the text of its digits. */
export type ResendPayload = Readonly<Record<string, unknown>>

/**
 * Who knows one of the secrets is Resend. Svix signs id, timestamp and the bytes of the body, anew for every attempt and
 * with each secret that is valid. The headers may have the names of Standard Webhooks instead.
 * Source: https://docs.svix.com/receiving/verifying-payloads/how-manual
 *
 * The package `standardwebhooks`, which Resend's and Svix's own use, would not do: it asks the machine for the time and
 * has five minutes built in, signs the body as decoded text and the timestamp as it would write it, and knows one secret.
 */
export function createVerify(
  secrets: readonly string[],
  toleranceMs: number = 300_000,
  now: () => number = Date.now,
): (request: WebhookRequest) => ResendPayload {
  const keys = secrets.map(readSecret)
  return (request) => {
    const sender = request.header('svix-id') === undefined ? 'webhook' : 'svix'
    const [id = '', timestamp = ''] = [request.header(`${sender}-id`), request.header(`${sender}-timestamp`)]
    const signatures = [...(request.header(`${sender}-signature`) ?? '').matchAll(SIGNATURE)]
    if (!/^[\w-]{1,256}$/.test(id) || !/^\d{1,12}$/.test(timestamp) || signatures.length === 0)
      throw new WebhookError('signature-wrong', '[bouncy/resend] no Svix signature of version 1 came')
    const age = now() - Number(timestamp) * 1000
    if (age > toleranceMs)
      throw new WebhookError('too-old', '[bouncy/resend] signed longer ago than toleranceMs')
    if (age < -toleranceMs)
      throw new WebhookError('from-the-future', '[bouncy/resend] signed in the future; check this clock')
    let known = false
    for (const key of keys) {
      const hmac = nodeCrypto().createHmac('sha256', key).update(`${id}.${timestamp}.`).update(request.body)
      const right = hmac.digest('base64')
      for (const [, signature = ''] of signatures) known = sameDigest(signature, right) || known
    }
    if (!known)
      throw new WebhookError('signature-wrong', '[bouncy/resend] the signature fits none of secrets')
    const post = readJson(request.body, { freeForm: ['tags'] })
    if (typeof post === 'object' && post !== null && !Array.isArray(post)) return post as ResendPayload
    throw new WebhookError('body-malformed', '[bouncy/resend] the body is not a JSON object')
  }
}

/** Each signature of the one version that there is: 32 bytes in padded base64. */
const SIGNATURE = /(?<= |^)v1,([A-Za-z0-9+/]{43}=)(?= |$)/g

/** Svix makes secrets of 24 bytes; less than 16 is a mistake. With bytes for a key, Node would make an object of them for each HMAC. */
function readSecret(secret: string, index: number): KeyObject {
  const [, base64 = ''] = /^whsec_(.+)$/.exec(secret.trim()) ?? []
  const key = Buffer.from(base64, 'base64')
  if (key.length >= 16 && key.toString('base64') === base64) return nodeCrypto().createSecretKey(key)
  const remedy = 'give the signing secret as Resend shows it, whsec_…'
  throw new TypeError(`[bouncy/resend] secrets.${index}: ${remedy}; is the environment variable set?`)
}
