import { checkOptions } from '@bouncy/core/provider'
import * as z from 'zod/mini'
import type { CertificateCache } from './certificates.ts'
import { isLocalOrigin, type SnsEmulator } from './emulator.ts'
import { ISOLATED, type IsolatedPartition } from './partitions.ts'

/** What `createSnsVerifier` takes. */
export interface SnsVerifierOptions {
  /** The topics whose messages are wanted, each as its whole ARN. Exact: no prefixes, no patterns. */
  readonly topicArns: readonly string[]
  /** Refuses signatures of version 1, which are made with SHA-1. @default false */
  readonly requireSignatureV2?: boolean
  /**
   * How old a message may be, in milliseconds. `Infinity` for messages from SQS, which may have waited for days:
   * there, deduping by `messageId` is what stops a replay. @default 4,500,000 (75 minutes)
   */
  readonly maxAgeMs?: number
  /** Keeps certificates for other processes and restarts. @default none: each verifier keeps its own in memory */
  readonly certificateCache?: CertificateCache
  /** Partitions without a way to the internet that listed topics may be in. @default none */
  readonly isolatedPartitions?: readonly IsolatedPartition[]
  /** For development against LocalStack and the like; never in production. @default none */
  readonly emulator?: SnsEmulator
  /** Bounds that rarely want changing. */
  readonly limits?: Partial<SnsLimits>
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

/** The bounds of what a stranger can make the verifier do. */
export interface SnsLimits {
  /** The largest message, in bytes. @default 1 MiB */
  readonly maxBytes: number
  /** How deep its JSON may be nested. @default 64 */
  readonly maxDepth: number
  /** How far ahead of our clock a timestamp may be, in milliseconds. @default 300,000 (5 minutes) */
  readonly maxAheadMs: number
  /** How long a request to AWS may take, in milliseconds. @default 5,000 */
  readonly requestTimeoutMs: number
  /** The largest certificate, in bytes. @default 16 KiB */
  readonly maxCertificateBytes: number
  /** Certificate requests in a minute. @default 10, of which two in ten are kept for renewing known certificates */
  readonly certificateRequestsPerMinute: number
  /** Certificates held in memory. @default 16 */
  readonly maxCertificates: number
  /** How long one is used before it is fetched again, in milliseconds. @default 86,400,000 (24 hours) */
  readonly certificateTtlMs: number
  /** How long a failure to get one is remembered, in milliseconds. @default 30,000 */
  readonly failureTtlMs: number
}

const DEFAULT_LIMITS: SnsLimits = {
  maxBytes: 1024 * 1024,
  maxDepth: 64,
  maxAheadMs: 5 * 60_000,
  requestTimeoutMs: 5_000,
  maxCertificateBytes: 16 * 1024,
  certificateRequestsPerMinute: 10,
  maxCertificates: 16,
  certificateTtlMs: 24 * 60 * 60_000,
  failureTtlMs: 30_000,
}

/** The options with their defaults. */
export interface Settings extends Omit<SnsVerifierOptions, 'limits'> {
  readonly maxAgeMs: number
  readonly limits: SnsLimits
  readonly fetch: typeof globalThis.fetch
  readonly now: () => number
}

/** @throws TypeError naming the option and the remedy */
export function readOptions(options: SnsVerifierOptions): Settings {
  checkOptions('bouncy/sns', schema, options)
  return {
    ...options,
    topicArns: [...options.topicArns],
    maxAgeMs: options.maxAgeMs ?? 75 * 60_000,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    // looked up at each call, so that what instruments fetch later is used too
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    now: options.now ?? Date.now,
  }
}

const fn = (error: string) => z.optional(z.custom((value) => typeof value === 'function', error))
const flag = z.optional(z.boolean({ error: 'give true or false' }))
const text = (error: string, test: (value: string) => boolean) =>
  z.custom((value) => typeof value === 'string' && test(value), error)

const upTo = (most: number, remedy: string) =>
  z.optional(
    z.custom(
      (value) => Number.isInteger(value) && (value as number) > 0 && (value as number) <= most,
      remedy,
    ),
  )

const someLimit = upTo(Number.MAX_SAFE_INTEGER, 'give a whole number greater than 0')

const limits = {
  ...Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((key) => [key, someLimit])),
  requestTimeoutMs: upTo(2 ** 31 - 1, 'give a whole number of milliseconds that a timer can hold'),
}

const emulator = z.strictObject(
  {
    endpoint: text(
      "give scheme, host and port of something local, such as 'http://localhost.localstack.cloud:4566'",
      isLocalOrigin,
    ),
    certificatePath: z.optional(
      text("give a path that begins and ends with a slash, such as '/_aws/sns/'", (path) =>
        /^\/(?:[\w.-]+\/)*$/.test(path),
      ),
    ),
    acknowledge: z.literal(
      'anybody can forge messages of this emulator' satisfies SnsEmulator['acknowledge'],
      {
        error: "write 'anybody can forge messages of this emulator', and leave emulator out in production",
      },
    ),
  },
  { error: unknownOr('give { endpoint, acknowledge }') },
)

const schema = z.strictObject(
  {
    topicArns: z
      .array(z.string({ error: 'give the ARN of a topic; is the environment variable set?' }), {
        error: 'give the ARNs of the topics whose messages are wanted',
      })
      .check(z.minLength(1, 'give at least one; with none, every message would have to be refused')),
    requireSignatureV2: flag,
    maxAgeMs: z.optional(
      z.custom(
        (value) => typeof value === 'number' && value > 0,
        'give milliseconds greater than 0, or Infinity',
      ),
    ),
    certificateCache: z.optional(
      z.custom(
        (value) => isRecord(value) && typeof value.get === 'function' && typeof value.set === 'function',
        'give an object with get and set',
      ),
    ),
    isolatedPartitions: z.optional(
      z.array(z.enum(ISOLATED, { error: `give ${ISOLATED.join(', ')}` }), {
        error: 'give a list of partitions',
      }),
    ),
    emulator: z.optional(emulator),
    limits: z.optional(z.strictObject(limits, { error: unknownOr('give an object of limits') })),
    fetch: fn('give a function like the global fetch'),
    now: fn('give a function that returns milliseconds since the epoch'),
  },
  { error: unknownOr('give { topicArns: […] }') },
)

function unknownOr(remedy: string) {
  return (issue: { readonly code?: string; readonly keys?: readonly string[] }): string =>
    issue.code === 'unrecognized_keys' ? `there is no option ${issue.keys?.join(', ')}` : remedy
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
