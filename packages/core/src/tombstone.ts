/** A secret with which erased addresses are remembered, without anybody being able to read them. */
export interface Pepper {
  /** Stands beside each erased address, so that it is known which secret made it. */
  readonly id: string
  /** At least 32 characters, kept outside the database. */
  readonly secret: string
}

export interface Tombstones {
  /** What takes the place of an address key, made with the first pepper. @throws TypeError without peppers */
  of(key: string): Promise<string>
  /** For each of the keys, some of which may be repeated, all tombstones that it may have, one a pepper; nothing, and at once, without peppers. */
  lookUp(keys: readonly string[]): ReadonlyMap<string, string> | Promise<ReadonlyMap<string, string>>
}

/** What all tombstones begin with. */
export const PREFIX = 'erased:'
/** Keys whose digests are made at the same time: each waits for a thread that is not this one. */
const AT_ONCE = 1_000
const TOMBSTONE = /^erased:[a-z0-9-]+:[\w-]{43}$/i

/** Whether this stands in place of an address that was erased. No e-mail address looks like it. */
export const isTombstone = (text: string): boolean => TOMBSTONE.test(text)

/**
 * Keyed digests (HMAC-SHA-256) of address keys. The first pepper is used for new ones; a second one stays valid while
 * it is being replaced.
 *
 * @throws TypeError a pepper without id, or too short
 */
export function createTombstones(peppers: readonly Pepper[] = []): Tombstones {
  for (const [index, { id, secret }] of peppers.entries()) {
    if (!/^[a-z0-9-]+$/i.test(id ?? '')) {
      throw new TypeError(`[bouncy/core] peppers.${index}.id: use letters, digits and -`)
    }
    if (typeof secret !== 'string' || secret.length < 32) {
      throw new TypeError(
        `[bouncy/core] peppers.${index}.secret: give at least 32 characters; is the variable set?`,
      )
    }
  }
  if (new Set(peppers.map((pepper) => pepper.id)).size < peppers.length) {
    throw new TypeError('[bouncy/core] peppers: give each an id of its own')
  }

  const keys = new Map<string, Promise<SigningKey>>()

  async function digest({ id, secret }: Pepper, key: string): Promise<string> {
    const signing = keys.get(id) ?? importKey(secret)
    keys.set(id, signing)
    const mac = new Uint8Array(await crypto.subtle.sign('HMAC', await signing, utf8.encode(key)))
    const base64 = btoa(String.fromCharCode(...mac))
    return `${PREFIX}${id}:${base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`
  }

  async function digestAll(given: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const addresses = [...new Set(given)]
    const found = new Map<string, string>()
    for (let start = 0; start < addresses.length; start += AT_ONCE) {
      const digests = addresses
        .slice(start, start + AT_ONCE)
        .flatMap((key) => peppers.map(async (pepper) => [await digest(pepper, key), key] as const))
      for (const [tombstone, key] of await Promise.all(digests)) found.set(tombstone, key)
    }
    return found
  }

  return {
    async of(key) {
      const [first] = peppers
      if (first === undefined) {
        throw new TypeError(
          '[bouncy/core] peppers: give one, or the address could be mailed again once it is erased',
        )
      }
      return digest(first, key)
    },
    lookUp: (keys) => (peppers.length === 0 ? NOTHING : digestAll(keys)),
  }
}

const NOTHING: ReadonlyMap<string, string> = new Map()

const utf8 = new TextEncoder()

/** A `CryptoKey`, whose type not every set of types has by that name. */
type SigningKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

function importKey(secret: string): Promise<SigningKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', utf8.encode(secret), algorithm, false, ['sign'])
}
