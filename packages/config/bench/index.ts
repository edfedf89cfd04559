/** What a `packages/providers/<name>/test/bench.ts` is written with. */
export { identity } from './reference/identity.ts'
export { snsByHand } from './reference/sns.ts'
export type { BenchPost, BenchSubject, Reference } from './subject.ts'
