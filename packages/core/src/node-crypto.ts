import type * as Crypto from 'node:crypto'

let loaded: typeof Crypto | undefined

/**
 * Node's `node:crypto` (Bun and Deno have it too), loaded where it is first used: an `import` would be half of what a
 * provider takes to start.
 */
export const nodeCrypto = (): typeof Crypto => {
  loaded ??= globalThis.process.getBuiltinModule('node:crypto')
  return loaded
}
