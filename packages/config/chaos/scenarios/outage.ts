import { DatabaseSync } from 'node:sqlite'
import { STORES } from '../open-store.ts'
import type { Place } from '../places/place.ts'
import { proxyTo } from '../proxy.ts'
import type { Result, Run, Scenario } from '../scenario.ts'
import { setStage } from '../stage.ts'
import { failing, type Outage, throughOutages } from '../through-outages.ts'

/** Storage out of reach, in each of the two ways in which that happens, and back. */
export const outage: Scenario = {
  name: 'outage',
  about: 'storage out of reach: locked or failing (SQLite), refusing or silent (servers)',
  stores: STORES,
  inShort: ['sqlite', 'postgres'],
  run: (run) => (run.store === 'sqlite' ? ofFile(run) : ofServer(run)),
}

const CONNECTIONS = 512
const LEASE_MS = 3_000

async function ofFile(run: Run): Promise<Result> {
  const stage = await setStage(run, { connections: CONNECTIONS, leaseMs: LEASE_MS, disk: true })
  const outages = [lockedOutage(stage.place), failing('every write fails', stage, 'EIO')]
  return throughOutages(run, stage, outages, run.size.seconds)
}

/** Somebody else is writing, and does not come to an end. */
function lockedOutage(place: Place): Outage {
  let other: DatabaseSync | undefined
  return {
    name: 'another process has it locked',
    async begin() {
      other = new DatabaseSync(place.at.at)
      other.exec('pragma busy_timeout = 5000')
      other.exec('begin immediate')
    },
    async end() {
      other?.exec('rollback')
      other?.close()
    },
  }
}

async function ofServer(run: Run): Promise<Result> {
  let proxy: Awaited<ReturnType<typeof proxyTo>> | undefined
  const stage = await setStage(run, {
    connections: CONNECTIONS,
    leaseMs: LEASE_MS,
    async storeFor(place) {
      proxy = await proxyTo(place.port ?? 0)
      run.atEnd(proxy.close)
      return place.through(proxy.port)
    },
  })
  const open = async (): Promise<void> => proxy?.open()
  const outages: readonly Outage[] = [
    { name: 'the server refuses connections', begin: async () => proxy?.refuse(), end: open },
    { name: 'the network swallows everything', begin: async () => proxy?.swallow(), end: open },
  ]
  return throughOutages(run, stage, outages, run.size.seconds)
}
