import type { Context } from 'hono'

/** What can be set for the webhooks of an application. */
export interface HonoWebhooksOptions {
  /** How long a body may take to arrive, in milliseconds; then the sender is answered 408. @default 10,000 */
  readonly bodyTimeoutMs?: number
  /** Bytes of all the bodies that this handler holds at once; what does not fit is answered 503. @default 64 MiB */
  readonly maxBufferedBytes?: number
  /** The `getConnInfo` of the runtime, for providers that look at the sender's address. @default that of Node */
  readonly getConnInfo?: (c: Context) => ConnInfo
}

/** The slice of Hono's connection info that is used. */
export interface ConnInfo {
  readonly remote: { readonly address?: string }
}

/** How this package speaks of itself in errors. */
export const OWNER = 'bouncy/hono'

/** What may be given, and what to do if it is something else. */
const OPTIONS: Readonly<
  Record<keyof HonoWebhooksOptions, readonly [(value: unknown) => boolean, remedy: string]>
> = {
  bodyTimeoutMs: [isIntegerTo(600_000), 'give a whole number of milliseconds from 1 to 600,000'],
  maxBufferedBytes: [isIntegerTo(Number.MAX_SAFE_INTEGER), 'give a whole number of bytes greater than 0'],
  getConnInfo: [isFunction, 'pass the function of your runtime, such as that of hono/bun'],
}

/**
 * The options with their defaults. Checked by hand: `checkOptions` of `@bouncy/core/provider` brings `node:crypto`
 * along, which not every runtime of Hono has.
 *
 * @throws TypeError naming the option and the remedy
 */
export function checkHonoOptions(options: HonoWebhooksOptions): Required<HonoWebhooksOptions> {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`[${OWNER}] give the options as an object`)
  }
  for (const [key, value] of Object.entries(options)) {
    if (!isOption(key)) {
      throw new TypeError(`[${OWNER}] ${key}: no such option; there are ${Object.keys(OPTIONS).join(', ')}`)
    }
    const [isUsable, remedy] = OPTIONS[key]
    if (value !== undefined && !isUsable(value)) throw new TypeError(`[${OWNER}] ${key}: ${remedy}`)
  }
  return {
    bodyTimeoutMs: options.bodyTimeoutMs ?? 10_000,
    maxBufferedBytes: options.maxBufferedBytes ?? 64 * 1024 * 1024,
    getConnInfo: options.getConnInfo ?? nodeConnInfo,
  }
}

function isOption(key: string): key is keyof HonoWebhooksOptions {
  return Object.hasOwn(OPTIONS, key)
}

function isIntegerTo(most: number): (value: unknown) => boolean {
  return (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

/** What `@hono/node-server` puts into the environment; elsewhere nothing is known. */
function nodeConnInfo(c: Context): ConnInfo {
  const { incoming } = (c.env ?? {}) as {
    readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } }
  }
  const address = incoming?.socket?.remoteAddress
  return { remote: address === undefined ? {} : { address } }
}
