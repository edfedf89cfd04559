import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'

const TIMES = 500
const ALGORITHM = 'RSA-SHA256'
const signed = Buffer.alloc(1_200, 'a')

let made: { readonly key: KeyObject; readonly signature: Buffer } | undefined

/**
 * What one check of an RSA signature costs this process just now, in microseconds of CPU: a measure that goes with the
 * clock of the machine, which may swing by two within a minute.
 */
export function timeOfCheck(): number {
  made ??= make()
  const { key, signature } = made
  const before = process.cpuUsage()
  for (let count = 0; count < TIMES; count += 1) verify(ALGORITHM, signed, key, signature)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / TIMES
}

function make() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  return { key: publicKey, signature: sign(ALGORITHM, signed, privateKey) }
}
