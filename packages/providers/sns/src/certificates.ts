import { WebhookError } from '@bouncy/core'
import { createBudget } from './budget.ts'
import { isValidAt, readCertificate, type SigningKey } from './certificate.ts'
import type { Settings } from './options.ts'
import { readText, request } from './request.ts'

/**
 * Keeps certificates beyond one process: a `Map`, or a few lines over Redis. It is asked only for what the verifier
 * does not hold in memory, so once a day for each certificate while all goes well. Failures, and answers slower than a
 * second, count as "not there". What it returns is checked like a certificate from AWS, but nothing proves who put it
 * there: whoever can write to the cache can forge messages.
 *
 * @example
 * const certificateCache = {
 *   get: (url) => redis.get(url),
 *   set: (url, pem, ttlMs) => redis.set(url, pem, { PX: ttlMs }),
 * }
 */
export interface CertificateCache {
  /** The certificate kept for this URL, as PEM. */
  get(url: string): Cached | Promise<Cached>
  /** Keeps a certificate that came from AWS, for `ttlMs` milliseconds at most. */
  set(url: string, pem: string, ttlMs: number): unknown
}

type Cached = string | null | undefined

/** Finds the keys that messages are signed with. */
export interface Certificates {
  /**
   * @param url one that we built
   * @returns the key itself where it is in memory: nothing is waited for then
   * @throws WebhookError `certificate-refused`, `certificate-unreachable`, `certificate-budget-spent`
   */
  keyOf(url: string, names: readonly string[] | undefined): SigningKey | Promise<SigningKey>
}

interface Held extends SigningKey {
  readonly since: number
}

const CACHE_TIMEOUT_MS = 1_000

/**
 * Certificates in memory, in front of the shared cache, in front of AWS.
 *
 * Anybody can send messages that name certificates which do not exist. Such names are only ever requested within the
 * budget, of which a part is kept for certificates that were good before; they displace nothing, since what fails is
 * remembered apart; and a certificate in memory or in the shared cache is used whatever the budget.
 */
export function createCertificates({ fetch, now, limits, certificateCache: shared }: Settings): Certificates {
  /** In the order of their last use; one that is too old to be used still says that its URL is a good one. */
  const held = new Map<string, Held>()
  /** Bounded by the budget: a request has to fail for an entry to be made. */
  const failures = new Map<string, { readonly error: WebhookError; readonly at: number }>()
  const underWay = new Map<string, Promise<Held>>()
  const budget = createBudget(now)

  function keyOf(url: string, names: readonly string[] | undefined): SigningKey | Promise<SigningKey> {
    const at = now()
    const known = held.get(url)
    if (known !== undefined && isWithin(known.since, limits.certificateTtlMs, at) && isValidAt(known, at)) {
      held.delete(url)
      held.set(url, known)
      return known
    }
    const failure = failures.get(url)
    if (failure !== undefined && isWithin(failure.at, limits.failureTtlMs, at)) throw failure.error
    return underWay.get(url) ?? start(url, names)
  }

  function start(url: string, names: readonly string[] | undefined): Promise<Held> {
    const work = find(url, names).finally(() => underWay.delete(url))
    underWay.set(url, work)
    return work
  }

  async function find(url: string, names: readonly string[] | undefined): Promise<Held> {
    const key = (await findShared(url, names)) ?? (await download(url, names))
    const found = { ...key, since: now() }
    held.delete(url)
    held.set(url, found)
    const [oldest] = held.keys()
    if (held.size > limits.maxCertificates && oldest !== undefined) held.delete(oldest)
    return found
  }

  async function findShared(
    url: string,
    names: readonly string[] | undefined,
  ): Promise<SigningKey | undefined> {
    if (shared === undefined) return undefined
    try {
      const pem = await within(CACHE_TIMEOUT_MS, shared.get(url))
      return typeof pem === 'string' ? readCertificate(pem, names, now()) : undefined
    } catch {
      return undefined // a cache that fails, or holds what is no good, holds nothing: AWS has the certificate
    }
  }

  async function download(url: string, names: readonly string[] | undefined): Promise<SigningKey> {
    const perMinute = limits.certificateRequestsPerMinute
    if (!budget.take(held.has(url) ? perMinute : perMinute - Math.floor(perMinute / 5))) {
      throw new WebhookError(
        'certificate-budget-spent',
        '[bouncy/sns] too many certificates were asked for within a minute; somebody may be making up their names',
      )
    }
    try {
      const pem = await get(url)
      const key = readCertificate(pem, names, now())
      share(url, pem)
      return key
    } catch (error) {
      if (error instanceof WebhookError) remember(url, error)
      throw error
    }
  }

  async function get(url: string): Promise<string> {
    const read = (response: Response) => readText(response, limits.maxCertificateBytes)
    let pem: string | undefined
    try {
      pem = await request(url, { fetch, timeoutMs: limits.requestTimeoutMs }, read)
    } catch (cause) {
      throw new WebhookError(
        'certificate-unreachable',
        '[bouncy/sns] AWS did not hand out the signing certificate; may this process make requests to it?',
        { cause },
      )
    }
    if (pem === undefined)
      throw new WebhookError(
        'certificate-refused',
        '[bouncy/sns] the signing certificate is refused: it is too large',
      )
    return pem
  }

  function share(url: string, pem: string): void {
    // not awaited: a message does not wait for other processes to be spared a request
    void (async () => shared?.set(url, pem, limits.certificateTtlMs))().catch(() => {})
  }

  function remember(url: string, error: WebhookError): void {
    const at = now()
    for (const [other, failure] of failures) {
      if (!isWithin(failure.at, limits.failureTtlMs, at)) failures.delete(other)
    }
    failures.set(url, { error, at })
    // one that has expired is no longer a good one; while AWS cannot be reached, nothing is known
    if (error.code === 'certificate-refused') held.delete(url)
  }

  return { keyOf }
}

/** Whether `at` is less than `ttl` after `since`; a clock that was set back ends it too. */
const isWithin = (since: number, ttl: number, at: number): boolean => at >= since && at - since < ttl

async function within<T>(ms: number, answer: T | Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), ms)
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
