/** What an author of a binding needs besides the interfaces of `@bouncy/core`. Nothing of Node is in it. */
export { type BodyBuffer, createBodyBuffer } from './body-buffer.ts'
export { createBudget, type Lease } from './budget.ts'
export { providerOf } from './provider-of.ts'
