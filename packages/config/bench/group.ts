import type { Built } from './built.ts'
import type { Row } from './report.ts'

/** Comparisons that belong together. */
export interface Group {
  readonly name: string
  /** What is measured, in a few words. */
  readonly about: string
  measure(terms: Terms): Promise<readonly Row[]>
}

/** How a group is to measure. */
export interface Terms {
  readonly built: Built
  readonly rounds: number
  /** How long a task has in one round, in milliseconds. */
  readonly forMs: number
  readonly short: boolean
  readonly large: boolean
  /** Minutes. */
  readonly soak: number
  progress(what: string): void
}
