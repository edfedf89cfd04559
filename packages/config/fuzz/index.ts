/** What a `packages/providers/<name>/test/fuzz.ts` is written with. */
export { distort, type MutantsOptions, mutants } from './mutate/mutants.ts'
export { credentialsOf, type ReadOptions, readObject } from './oracle.ts'
export { headerOf, postTo } from './post.ts'
export { createRandom, type Random } from './random.ts'
export { signingKey } from './signing-key.ts'
export type { Batch, FuzzCase, FuzzPost, FuzzSubject, FuzzTarget, World } from './target.ts'
export { variants } from './variants.ts'
