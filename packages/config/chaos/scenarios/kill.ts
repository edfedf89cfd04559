import { killUnderLoad, lostAll } from '../kill-under-load.ts'
import { STORES } from '../open-store.ts'
import type { Scenario } from '../scenario.ts'
import { setStage } from '../stage.ts'

/** SIGKILL at random moments under load. */
export const kill: Scenario = {
  name: 'kill',
  about: 'kill -9 at random moments under load',
  stores: STORES,
  async run(run) {
    const stage = await setStage(run, { connections: CONNECTIONS, leaseMs: LEASE_MS })
    return killUnderLoad(run, stage).catch(lostAll(stage))
  },
}

/** Power cuts at random moments under load. */
export const power: Scenario = {
  name: 'power',
  about: 'power cuts under load: what was not synced is gone, or there in part',
  stores: ['sqlite'],
  async run(run) {
    const stage = await setStage(run, { connections: CONNECTIONS, leaseMs: LEASE_MS, disk: true })
    const random = run.random('power')
    return killUnderLoad(run, stage, () => {
      if (stage.disk?.durableBytes() === 0) throw new Error('the receiver does not write through disk.c')
      stage.disk?.cutPower(random)
    }).catch(lostAll(stage))
  },
}

/** Posts under way at once. */
const CONNECTIONS = 24
/** What a killed process had claimed is free again after this. */
const LEASE_MS = 3_000
