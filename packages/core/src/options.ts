/** The part of Standard Schema that is used; zod, valibot and arktype schemas have it. */
export interface OptionsSchema<T> {
  readonly '~standard': {
    validate(
      value: unknown,
    ):
      | { readonly value: T; readonly issues?: undefined }
      | { readonly issues: readonly Issue[] }
      | Promise<unknown>
  }
}

interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/**
 * The options of a plug-in, checked as it is constructed.
 *
 * @param owner the package, `'bouncy/ses'`
 * @throws TypeError naming the option and the remedy, never the value
 */
export function checkOptions<T>(owner: string, schema: OptionsSchema<T>, options: unknown): T {
  const result = schema['~standard'].validate(options)
  const issues = 'issues' in result ? result.issues : undefined
  // what is refused may have a value too, as far as it could be read
  if (issues === undefined && 'value' in result) return result.value
  const issue = issues?.[0]
  const path = issue?.path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
  throw new TypeError(
    `[${owner}] ${path ? `${path}: ` : ''}${issue?.message ?? 'the options cannot be checked'}`,
  )
}
