import type { MailEvent, Provider } from '@bouncy/core'

/**
 * What `packages/providers/<name>/test/bench.ts` exports as `subject`: real posts, the provider that reads them, and code
 * that a competent programmer would write by hand for the same events. The reference does the same work, which a test
 * proves by comparing its events with those of the provider; it reads only what the posts hold, checks nothing twice, and
 * keeps its keys between requests.
 *
 * @typeParam Built the module of the provider's package, as it is published
 */
export interface BenchSubject<Built = never> {
  /** The package that is loaded, `'@bouncy/postmark'`. */
  readonly package: string
  /** @param name the account, `event.provider` */
  provider(built: Built, name: string): Provider
  /** @param name the account, `event.provider` */
  reference(name: string): Reference
  /** Genuine posts of the kinds that a sender gets most, all different, each with one event. */
  posts(count: number): readonly BenchPost[]
}

/** Verifies one post and makes its events. @throws Error what is not genuine */
export type Reference = (
  body: Uint8Array,
  header: (name: string) => string | undefined,
) => readonly MailEvent[]

/** One post as a provider's signer makes it. */
export interface BenchPost {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
