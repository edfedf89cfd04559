/** The number and the name of what went wrong. */
export const codesOf = (error: unknown): readonly unknown[] =>
  error instanceof Error
    ? ['errno' in error ? error.errno : undefined, 'code' in error ? error.code : undefined]
    : []
