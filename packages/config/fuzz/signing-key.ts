import { checkPrimeSync, createPrivateKey, type KeyObject } from 'node:crypto'
import type { Random } from './random.ts'

const EXPONENT = 65_537n

/**
 * An RSA key of 2048 bits that is the same for the same choices, so that a seed also repeats every signature. It
 * protects nothing: whoever knows the seed knows the key.
 */
export function signingKey(random: Random): KeyObject {
  const p = prime(random)
  const q = prime(random)
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n))
  const numbers = { n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  const encoded = Object.entries(numbers).map(([name, value]) => [name, base64url(value)])
  return createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(encoded) }, format: 'jwk' })
}

/** Of 1024 bits, the two highest set, so that the product of two has 2048. */
function prime(random: Random): bigint {
  let candidate = BigInt(`0x${Buffer.from(random.bytes(128)).toString('hex')}`) | (3n << 1022n) | 1n
  while (candidate % EXPONENT === 1n || !checkPrimeSync(candidate)) candidate += 2n
  return candidate
}

/** By the extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b] = [value % modulus, modulus]
  let [x, y] = [1n, 0n]
  while (b > 0n) {
    const quotient = a / b
    ;[a, b] = [b, a - quotient * b]
    ;[x, y] = [y, x - quotient * y]
  }
  return ((x % modulus) + modulus) % modulus
}

function base64url(value: bigint): string {
  const digits = value.toString(16)
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex').toString('base64url')
}
