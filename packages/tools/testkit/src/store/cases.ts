import { atomicityCases } from './atomicity.ts'
import type { StoreCase } from './case.ts'
import { claimCases } from './claims.ts'
import { closeCases, reopenCases } from './close.ts'
import { concurrencyCases } from './concurrency.ts'
import { eventCases } from './events.ts'
import { markCases } from './marks.ts'
import { quarantineCases } from './quarantine.ts'
import { queryCases } from './queries.ts'
import { recordCases } from './record.ts'
import { suppressionCases } from './suppressions.ts'
import { textCases } from './text.ts'

/** The whole definition of a store. */
export const storeCases: readonly StoreCase[] = [
  ...recordCases,
  ...claimCases,
  ...markCases,
  ...concurrencyCases,
  ...atomicityCases,
  ...suppressionCases,
  ...eventCases,
  ...quarantineCases,
  ...textCases,
  ...queryCases,
  ...closeCases,
  ...reopenCases,
]
