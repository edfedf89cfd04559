/** A command line that cannot be understood; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** @throws UsageError what is no whole number within these bounds */
export function whole(option: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`${option} wants a whole number from ${least} to ${most}`)
  return value
}
