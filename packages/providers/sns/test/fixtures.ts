import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createSnsVerifier, type SnsVerifier, type SnsVerifierOptions } from '../src/index.ts'
import { createSnsSigner, type SnsPost, type SnsSigner } from '../src/testing.ts'

export const TOPIC = 'arn:aws:sns:us-east-1:111122223333:orders'
export const NOW: number = Date.parse('2026-11-22T10:00:00.000Z')
export const now = (): number => NOW
export const minutes = (count: number): number => count * 60_000
export const hours = (count: number): number => count * 60 * 60_000

/** Making a key takes a tenth of a second, so all signers of a file share one, except where it matters. */
export const key: KeyObject = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

export function makeSigner(options: Parameters<typeof createSnsSigner>[0] = {}): SnsSigner {
  return createSnsSigner({ now, key, ...options })
}

export function makeVerifier(options: Partial<SnsVerifierOptions> = {}): SnsVerifier {
  return createSnsVerifier({ topicArns: [TOPIC], now, ...options })
}

/** A clock that tests move. */
export function makeClock(): { now: () => number; forward(ms: number): void } {
  let at = NOW
  return {
    now: () => at,
    forward: (ms) => {
      at += ms
    },
  }
}

/** The post with some of its fields replaced, or left out where the new value is `undefined`. */
export function changed(post: SnsPost, fields: Record<string, unknown>): SnsPost {
  return { ...post, body: JSON.stringify({ ...(JSON.parse(post.body) as object), ...fields }) }
}

/** The certificate URLs of made-up names in the topic's region. */
export function madeUpUrl(number: number): string {
  const id = number.toString(16).padStart(32, '0')
  return `https://sns.us-east-1.amazonaws.com/SimpleNotificationService-${id}.pem`
}
