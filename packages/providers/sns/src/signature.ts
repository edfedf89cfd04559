import { Buffer } from 'node:buffer'
import { WebhookError } from '@bouncy/core'
import { nodeCrypto } from '@bouncy/core/provider'
import type { SigningKey } from './certificate.ts'

const ALGORITHM = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' } as const
/** More than the base64 of any signature; RSA of 16,384 bits has 2,732. */
const MAX_LENGTH = 4_096

/**
 * The bytes of a signature. There is one way to write them: other alphabets, spaces, and bits that are not used are refused.
 * @throws WebhookError `signature-wrong`
 */
export function decodeSignature(base64: string): Uint8Array {
  const signature = base64.length > MAX_LENGTH ? Buffer.alloc(0) : Buffer.from(base64, 'base64')
  if (signature.length === 0 || signature.toString('base64') !== base64)
    throw wrong('it is not written in strict base64')
  return signature
}

/**
 * Checks RSASSA-PKCS1-v1_5 over the signed text in UTF-8 (RFC 8017).
 * @throws WebhookError `signature-wrong`; `internal` where this Node cannot compute it
 */
export function checkSignature(
  signed: Uint8Array,
  version: '1' | '2',
  signature: Uint8Array,
  key: SigningKey,
): void {
  if (signature.length !== key.signatureBytes || !isGenuine(signed, version, signature, key)) {
    throw wrong('somebody else made it, or the message was changed')
  }
}

function isGenuine(
  signed: Uint8Array,
  version: '1' | '2',
  signature: Uint8Array,
  { key }: SigningKey,
): boolean {
  try {
    return nodeCrypto().verify(ALGORITHM[version], signed, key, signature)
  } catch (cause) {
    // no signature makes it throw, but a policy of the system does that forbids SHA-1: our fault, not the sender's
    throw new WebhookError(
      'internal',
      `[bouncy/sns] this Node refuses to check ${ALGORITHM[version]}; set the topic's SignatureVersion to 2`,
      { cause },
    )
  }
}

function wrong(what: string): WebhookError {
  return new WebhookError('signature-wrong', `[bouncy/sns] the signature is refused: ${what}`)
}
