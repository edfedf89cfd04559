import type { Provider } from '@bouncy/core'
import type { Random } from './random.ts'

/**
 * What `packages/providers/<name>/test/fuzz.ts` exports as `target`: a subject for each mode, `mutations` first and
 * others by the name that `--mode` takes. Whatever a subject makes, it makes from `random`, so that a seed replays (but
 * for signatures that are made with chance, as those of ECDSA: a case that changes one of these is not quite the same).
 */
export type FuzzTarget = Readonly<Record<string, (random: Random) => FuzzSubject>>

/** What is fuzzed, with what, and who knows what is right. */
export interface FuzzSubject {
  /**
   * The providers under test, made anew for each batch. Their names are those that posts are addressed to. Options are
   * chosen so that no reply of 503 is due: budgets wide open, peers always known.
   */
  providers(world: World): readonly Provider[]
  /** Milliseconds since the epoch: the time that it is throughout. */
  readonly now: number
  /** Plays whomever the providers ask, and never fails. @default nobody may be asked */
  readonly fetch?: (url: string) => Promise<Response>
  /** Whether a URL leads to a place that the configuration names. @default none does */
  mayRequest?(url: string): boolean
  /** The cases of a batch, `batch.size` of them or fewer. The same batch has the same cases. */
  cases(batch: Batch): Iterable<FuzzCase>
  /**
   * The oracle: says without the provider's code why a request must not be accepted, or nothing where it may be.
   *
   * @param payload what the provider's `verify` returned for it
   */
  objection(post: FuzzPost, payload: unknown): string | undefined
}

/** What is injected into the providers. */
export interface World {
  readonly fetch: typeof globalThis.fetch
  readonly now: () => number
}

/** Cases that share providers and store. */
export interface Batch {
  readonly size: number
  /** A generator of its own for each `name`. */
  random(name: string | number): Random
}

/** One request and what it is. */
export interface FuzzCase {
  /** What was done to it: `'json: TopicArn dropped'`. */
  readonly name: string
  readonly post: FuzzPost
  /** The outcome, where it is known beforehand; otherwise the oracle decides. */
  readonly must?: 'accept' | 'refuse'
}

/** A request as it arrives. */
export interface FuzzPost {
  /** The name of the provider it is addressed to. */
  readonly to: string
  readonly method: string
  readonly url: string
  /** A name may occur several times. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  readonly remoteAddress: string
}
