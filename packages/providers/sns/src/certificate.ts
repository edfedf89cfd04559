import type { KeyObject, X509Certificate } from 'node:crypto'
import { WebhookError } from '@bouncy/core'
import { nodeCrypto } from '@bouncy/core/provider'

/** What is kept of a certificate, so that it is parsed once and not for each message. */
export interface SigningKey {
  readonly key: KeyObject
  /** The length of its signatures, in bytes. */
  readonly signatureBytes: number
  /** Milliseconds since the epoch. */
  readonly validFrom: number
  readonly validTo: number
}

const ONE_PEM = /^\s*-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\s*$/
const MIN_RSA_BITS = 2048

/**
 * Reads a certificate of SNS: exactly one, of an RSA key that is long enough, valid now, and issued to SNS.
 *
 * @param names of which it has to carry one; `undefined`: any
 * @throws WebhookError `certificate-refused`
 */
export function readCertificate(pem: string, names: readonly string[] | undefined, now: number): SigningKey {
  if (!ONE_PEM.test(pem)) throw refused('it is not exactly one PEM certificate')
  const certificate = parse(pem)
  if (names?.every((name) => !isNamed(certificate, name)))
    throw refused('it is not issued to SNS in this region')
  const { publicKey: key } = certificate
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (key.asymmetricKeyType !== 'rsa' || bits < MIN_RSA_BITS)
    throw refused('its key is not RSA of 2048 bits or more')
  const signingKey = {
    key,
    signatureBytes: Math.ceil(bits / 8),
    validFrom: certificate.validFromDate.getTime(),
    validTo: certificate.validToDate.getTime(),
  }
  if (!isValidAt(signingKey, now)) throw refused('it is not valid now; is the clock right?')
  return signingKey
}

/** Whether a time, in milliseconds since the epoch, is inside the certificate's validity. */
export function isValidAt({ validFrom, validTo }: SigningKey, at: number): boolean {
  return at >= validFrom && at <= validTo
}

function parse(pem: string): X509Certificate {
  try {
    return new (nodeCrypto().X509Certificate)(pem)
  } catch (cause) {
    throw refused('it cannot be read', cause)
  }
}

/** Subject and alternative names; those of SNS carry the same name in both. */
const isNamed = (certificate: X509Certificate, name: string): boolean =>
  certificate.checkHost(name, { subject: 'always', wildcards: false }) !== undefined

function refused(what: string, cause?: unknown): WebhookError {
  return new WebhookError('certificate-refused', `[bouncy/sns] the signing certificate is refused: ${what}`, {
    cause,
  })
}
