import type { Scenario } from './scenario.ts'
import { deletedFile, fullDisk, readOnly } from './scenarios/disk.ts'
import { kill, power } from './scenarios/kill.ts'
import { outage } from './scenarios/outage.ts'
import { redelivery } from './scenarios/redelivery.ts'

/** In the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  kill,
  power,
  redelivery,
  outage,
  fullDisk,
  readOnly,
  deletedFile,
]
