import type { Bouncy } from '@bouncy/core'

/** Starts a real server on a free loopback port, for one case. */
export type StartBinding = (bouncy: Bouncy, setup: BindingSetup) => Promise<BindingServer>

/** What the server of a case has to look like. */
export interface BindingSetup {
  /** Where the webhooks are mounted: `POST ${prefix}/kit` has to reach the provider `kit`. */
  readonly prefix: string
  /** An ordinary route beside them: it answers `POST` with the JSON that it was sent, read by the framework's own parser. */
  readonly echo: string
  /**
   * What reads JSON bodies before the webhooks see the request: nothing, a parser of the framework, or such a parser
   * that keeps the bytes as its documentation says.
   */
  readonly parser: 'none' | 'parses' | 'keeps-bytes'
  /** The body deadline to set, in milliseconds; the binding's own where there is none. `bouncy.fetch` has it already. */
  readonly bodyTimeoutMs?: number
}

/** A server that listens, and how to stop it; every case starts one of its own. */
export interface BindingServer {
  /** `'http://127.0.0.1:49152'` */
  readonly origin: string
  close(): Promise<unknown>
}

/** What not every framework can do. */
export type BindingCapability =
  /** The body deadline can be set. */
  | 'body-deadline'
  /** A body parser can be mounted before the webhooks. */
  | 'parser-first'
  /** Such a parser can keep the bytes. */
  | 'kept-bytes'
  /** The address of the peer is known. */
  | 'remote-address'
  /** `Expect: 100-continue` is answered. */
  | 'expect-continue'

/** What is special about the binding on trial. */
export interface BindingOptions {
  /** What the framework cannot do, each with the reason; the report shows it. */
  readonly cannot?: Partial<Record<BindingCapability, string>>
  /** How long an answer may take before it counts as none, in milliseconds. @default 10,000 */
  readonly patienceMs?: number
}
