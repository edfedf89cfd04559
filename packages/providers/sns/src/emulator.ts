import type { Source } from './topics.ts'

/**
 * Takes messages of an emulator instead of AWS. Whoever reaches an emulator can have anything signed by it, so this
 * is for a developer's machine and for tests only. It cannot be left on by accident: it wants a sentence written out,
 * a local host, and topics of an account that AWS gives to nobody; and Node prints a warning each time.
 */
export interface SnsEmulator {
  /**
   * Scheme, host and port as they stand in the `SigningCertURL` of its messages: `'http://localhost.localstack.cloud:4566'`.
   * The host is this machine or a name without dots, such as that of a Compose service.
   */
  readonly endpoint: string
  /** The path before the certificate's file name. @default '/_aws/sns/', as in LocalStack */
  readonly certificatePath?: string
  /** To be written out, so that a reader of the configuration sees it. */
  readonly acknowledge: 'anybody can forge messages of this emulator'
}

const LOCAL =
  /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|localhost\.localstack\.cloud|host\.docker\.internal|127\.0\.0\.1|\[::1\]|[a-z][a-z0-9-]*)$/

/** Where the messages of an emulator come from. */
export function emulatedSource({ endpoint, certificatePath = '/_aws/sns/' }: SnsEmulator): Source {
  return { origin: endpoint, certificateFolder: endpoint + certificatePath, signerNames: undefined }
}

/** Whether this is scheme, host and port of something near: an origin, written as URL parsers write it. */
export function isLocalOrigin(endpoint: string): boolean {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  return (
    url !== undefined && /^https?:$/.test(url.protocol) && url.origin === endpoint && LOCAL.test(url.hostname)
  )
}

/** Says on standard error that messages are not proved to be of AWS; once for each verifier. */
export function warnOfEmulator({ endpoint }: SnsEmulator): void {
  // an import of node:process would load all that hangs on it, file systems and terminals among them
  globalThis.process.emitWarning(
    `[bouncy/sns] this verifier takes messages of an emulator (${endpoint}): anybody who reaches it can forge them`,
    { type: 'SecurityWarning', code: 'BOUNCY_SNS_EMULATOR' },
  )
}
