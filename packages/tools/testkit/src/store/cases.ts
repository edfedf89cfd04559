import { atomicityCases } from './atomicity.ts'
import { auditCases } from './audit.ts'
import type { StoreCase } from './case.ts'
import { claimCases } from './claims.ts'
import { closeCases, reopenCases } from './close.ts'
import { concurrencyCases } from './concurrency.ts'
import { eraseCases } from './erase.ts'
import { eventCases } from './events.ts'
import { markCases } from './marks.ts'
import { pruneCases } from './prune.ts'
import { quarantineCases } from './quarantine.ts'
import { queryCases } from './queries.ts'
import { recordCases } from './record.ts'
import { retryCases } from './retries.ts'
import { suppressionCases } from './suppressions.ts'
import { textCases } from './text.ts'
import { tokenCases } from './tokens.ts'
import { transactionCases } from './transactions.ts'

/** The whole definition of a store. */
export const storeCases: readonly StoreCase[] = [
  ...recordCases,
  ...tokenCases,
  ...claimCases,
  ...retryCases,
  ...markCases,
  ...concurrencyCases,
  ...atomicityCases,
  ...suppressionCases,
  ...eventCases,
  ...quarantineCases,
  ...auditCases,
  ...pruneCases,
  ...eraseCases,
  ...transactionCases,
  ...textCases,
  ...queryCases,
  ...closeCases,
  ...reopenCases,
]
