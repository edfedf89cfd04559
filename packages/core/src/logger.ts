/** The slice of pino that is used: an object of facts, then a sentence. Any logger of that shape will do. */
export interface Logger {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

const nothing = (): void => {}

export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** What of an error may be logged: its kind and message, never its stack's arguments or attached data. */
export function errorFacts(error: unknown): { readonly error: string } {
  return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
}
