import { spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Place } from '../places/place.ts'
import type { Scenario } from '../scenario.ts'
import { setStage } from '../stage.ts'
import { failing, type Outage, throughOutages } from '../through-outages.ts'

const CONNECTIONS = 64
const LEASE_MS = 3_000
/** Of `--seconds`, what each of these lasts. */
const SHARE = 1 / 6

/** A file system without room. */
export const fullDisk: Scenario = {
  name: 'full-disk',
  about: 'no room left on a small file system, then some again',
  stores: ['sqlite'],
  async run(run) {
    let problem: string | undefined
    const stage = await setStage(run, {
      connections: CONNECTIONS,
      leaseMs: LEASE_MS,
      mount(folder) {
        problem = mount(folder)
        if (problem === undefined) run.atEnd(async () => void spawnSync('umount', [folder]))
        return problem === undefined
      },
    })
    const seconds = run.size.seconds * SHARE
    if (problem === undefined) return throughOutages(run, stage, [filled(stage.place)], seconds)
    run.note(`only played by disk.c, ${problem}`)
    return throughOutages(run, stage, [failing('the disk is full', stage, 'ENOSPC')], seconds)
  },
}

function filled({ at }: Place): Outage {
  const filler = join(at.at, '..', 'filler')
  return {
    name: 'the disk is full',
    async begin() {
      // a log that is written over from its start would have room of its own
      const database = new DatabaseSync(at.at)
      database.exec('pragma wal_checkpoint(truncate)')
      fill(filler)
      database.close()
    },
    end: async () => rmSync(filler),
  }
}

/** A file system that is read-only from one moment to the next. */
export const readOnly: Scenario = {
  name: 'read-only',
  about: 'a file system that turns read-only under the running process, then writable again',
  stores: ['sqlite'],
  async run(run) {
    const stage = await setStage(run, { connections: CONNECTIONS, leaseMs: LEASE_MS, disk: true })
    const outage = failing('the disk is read-only', stage, 'EROFS')
    return throughOutages(run, stage, [outage], run.size.seconds * SHARE)
  },
}

/** The file is taken away under the process; 200 must not be said for what goes with it. */
export const deletedFile: Scenario = {
  name: 'deleted-file',
  about: 'the database file is deleted under the running process, which is then restarted',
  stores: ['sqlite'],
  async run(run) {
    const stage = await setStage(run, { connections: CONNECTIONS, leaseMs: LEASE_MS })
    const files = ['', '-wal', '-shm'].map((suffix) => `${stage.place.at.at}${suffix}`)
    return throughOutages(
      run,
      stage,
      [
        {
          name: 'the file is deleted',
          async begin() {
            for (const file of files) rmSync(file, { force: true })
            stage.score.forget()
          },
          async end() {
            await stage.receiver.kill()
            for (const file of files) rmSync(file, { force: true })
            await stage.place.create()
            await stage.receiver.start()
          },
        },
      ],
      run.size.seconds * SHARE,
    )
  },
}

/** Mounts a small file system. @returns why that cannot be */
function mount(folder: string): string | undefined {
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder])
  if (status === 0) return undefined
  return `a small file system cannot be mounted: ${(error?.message ?? stderr.toString()).trim()}`
}

function fill(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (const block of [65_536, 4_096]) writeUntilFull(file, Buffer.alloc(block))
  } finally {
    closeSync(file)
  }
}

function writeUntilFull(file: number, block: Buffer): void {
  try {
    while (writeSync(file, block) > 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}
