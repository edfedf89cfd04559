/** The packages that ours bundle in, so that a user installs none of them; their licences go along. */
export const BUNDLED: readonly string[] = ['papaparse', 'punycode', 'zod']
