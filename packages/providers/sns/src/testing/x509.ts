import { Buffer } from 'node:buffer'
import { type KeyObject, sign } from 'node:crypto'

/** What stands in a certificate. */
export interface CertificateContent {
  readonly commonName: string
  readonly validFrom: Date
  readonly validTo: Date
  readonly publicKey: KeyObject
}

/**
 * A certificate of version 3, signed with an RSA key, as PEM (RFC 5280).
 *
 * Written here because Node reads certificates but makes none: of the libraries that do, @peculiar/x509 (which selfsigned
 * uses) needs a polyfill that patches the global `Reflect` of whoever loads it, and adds 340 kB.
 */
export function makeCertificate(content: CertificateContent, issuerKey: KeyObject): string {
  const name = sequence(set(sequence(COMMON_NAME, utf8(content.commonName))))
  const toBeSigned = sequence(
    tagged(0xa0, VERSION_3),
    integer(1),
    SHA256_WITH_RSA,
    name,
    sequence(time(content.validFrom), time(content.validTo)),
    name,
    content.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      0xa3,
      sequence(sequence(ALTERNATIVE_NAME, octets(sequence(tagged(0x82, Buffer.from(content.commonName)))))),
    ),
  )
  const certificate = sequence(toBeSigned, SHA256_WITH_RSA, bits(sign('RSA-SHA256', toBeSigned, issuerKey)))
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** A value with its tag and length, the one form of everything in DER (X.690). */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts)
  const { length } = value
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...head]), value])
}

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts)
const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, ...parts)
const integer = (value: number): Buffer => tagged(0x02, Buffer.from([value]))
const octets = (value: Buffer): Buffer => tagged(0x04, value)
const bits = (value: Buffer): Buffer => tagged(0x03, Buffer.from([0]), value)
const utf8 = (value: string): Buffer => tagged(0x0c, Buffer.from(value))
const identifier = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'))

/** UTCTime until 2049 and GeneralizedTime after, as RFC 5280 has it. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+|[-:T]/g, '')
  return date.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(digits.slice(2)))
    : tagged(0x18, Buffer.from(digits))
}

const VERSION_3 = integer(2)
const SHA256_WITH_RSA = sequence(identifier('2a864886f70d01010b'), tagged(0x05))
const COMMON_NAME = identifier('550403')
const ALTERNATIVE_NAME = identifier('551d11')
