import { LONGEST } from '../indexable.ts'

/** The longest address key: local part, @ and domain, in characters. */
export const ADDRESS = 510
/** With an address and a time it still fits into an index of MySQL, which takes 3,072 bytes. */
export const ID = 200
/** What went through `indexable`. */
export const INDEXED: number = LONGEST
/** ISO 8601 with milliseconds, and room. */
export const TIME = 32
/** A provider's registered name. */
export const PROVIDER = 128
/** Our own words. */
export const OTHER = 32
