/** What an author of a provider needs besides the interfaces of `@bouncy/core`. Uses `node:crypto`. */
export { bareAddress } from './address.ts'
export { type BasicCredentials, basicAuth } from './basic-auth.ts'
export { eventId } from './event-id.ts'
export { given } from './given.ts'
export { type ReadJsonOptions, readJson } from './json.ts'
export { checkOptions, type OptionsSchema } from './options.ts'
export { sameSecret } from './same-secret.ts'
export { eventTime, readTime } from './time.ts'
