import type { Access } from './access.ts'
import type { SuppressionRow } from './tables.ts'

/** What is read of a suppression. */
export type Found = Pick<SuppressionRow, 'data'>

/** A way to the suppressions of addresses past Kysely, which takes longer to ask than a database to answer. */
export interface ShortWay {
  /** Addresses in one question at the most. */
  readonly most: number
  /** Answers each row once, however often its address is given; `undefined` where Kysely has to be asked just now. */
  find(addresses: readonly string[], access: Access): readonly Found[] | Promise<readonly Found[]> | undefined
}
