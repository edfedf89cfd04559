/** The slice of pino that is used: an object of facts, then a sentence. Any logger of that shape will do. */
export interface Logger {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

const nothing = (): void => {}

/** A logger that says nothing. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** A logger that never throws: what is logged decides nothing. */
export function safeLogger(logger: Logger): Logger {
  const at = (level: keyof Logger) => (facts: object, message: string) => {
    try {
      logger[level](facts, message)
    } catch {
      // a full disk of logs must not refuse webhooks
    }
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/**
 * What of an error may be logged: its kind and message without anything that looks like an address, never its stack's
 * arguments or attached data.
 */
export function errorFacts(error: unknown): { readonly error: string } {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return { error: text.slice(0, 2_000).replace(ADDRESS, '…@…') }
}

/**
 * A word is looked for only where it begins: from within one it would be looked through again and again. Between quotes
 * there may be more, up to what a local part has; the quotes themselves may have been quoted once more, as in JSON.
 */
const ADDRESS =
  /(?:"(?:[^"\\]|\\.){1,256}"|"[^"]{1,256}"|(?<![^\s<>"'(),;:])[^\s<>"'(),;:]+)@[^\s<>"'(),;:]+/g
