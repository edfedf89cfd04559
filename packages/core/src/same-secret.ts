import { Buffer } from 'node:buffer'
import { nodeCrypto } from './node-crypto.ts'
import { sha256 } from './sha256.ts'

/** Compares secrets in constant time, whatever their lengths: digests of equal length are compared. */
export function sameSecret(a: string, b: string): boolean {
  return nodeCrypto().timingSafeEqual(sha256(a, 'buffer'), sha256(b, 'buffer'))
}

/** The same for a secret that stays: its digest is made once. */
export function secretCheck(secret: string): (given: string) => boolean {
  const right = sha256(secret, 'buffer')
  return (given) => nodeCrypto().timingSafeEqual(sha256(given, 'buffer'), right)
}

/** Compares digests that are written in the same way, in constant time; of another length is another one. */
export function sameDigest(a: string, b: string): boolean {
  return a.length === b.length && nodeCrypto().timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
