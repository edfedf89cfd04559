import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fill, mountSmall, unmount } from '../disk/small.ts'
import type { Place } from '../places/place.ts'
import { placeInTablespace } from '../places/tablespace.ts'
import { fullTablespace, readOnlyDatabase } from '../postgres-outages.ts'
import type { Result, Run, Scenario } from '../scenario.ts'
import { setStage } from '../stage.ts'
import { failing, type Outage, throughOutages } from '../through-outages.ts'

const PLAIN = { connections: 64, leaseMs: 3_000 } as const
/** Of `--seconds`, what each of these lasts. */
const SHARE = 1 / 6

/** A file system without room. */
export const fullDisk: Scenario = {
  name: 'full-disk',
  about: 'no room left on a small file system, then some again',
  stores: ['sqlite', 'postgres'],
  run: (run) => (run.store === 'sqlite' ? fullOfFile(run) : fullOfServer(run)),
}

async function fullOfFile(run: Run): Promise<Result> {
  let problem: string | undefined
  const stage = await setStage(run, {
    ...PLAIN,
    mount(folder) {
      problem = mountSmall(folder, { size: 8 })
      if (problem === undefined) run.atEnd(async () => unmount(folder))
      return problem === undefined
    },
  })
  const seconds = run.size.seconds * SHARE
  if (problem === undefined) return throughOutages(run, stage, [filled(stage.place)], seconds)
  run.note(`only played by disk.c, ${problem}`)
  return throughOutages(run, stage, [failing('the disk is full', stage, 'ENOSPC')], seconds)
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

async function fullOfServer(run: Run): Promise<Result> {
  let folder = ''
  const stage = await setStage(run, {
    ...PLAIN,
    makePlace(files) {
      folder = files
      return placeInTablespace(run, files)
    },
  })
  return throughOutages(run, stage, [fullTablespace(stage.place, folder)], run.size.seconds * SHARE)
}

/** Storage that is read-only from one moment to the next. */
export const readOnly: Scenario = {
  name: 'read-only',
  about: 'storage that turns read-only under the running process, then writable again',
  stores: ['sqlite', 'postgres'],
  async run(run) {
    const stage = await setStage(run, { ...PLAIN, disk: run.store === 'sqlite' })
    const outage =
      run.store === 'sqlite'
        ? failing('the disk is read-only', stage, 'EROFS')
        : readOnlyDatabase(stage.place)
    return throughOutages(run, stage, [outage], run.size.seconds * SHARE)
  },
}

/** The file is taken away under the process; 200 must not be said for what goes with it. */
export const deletedFile: Scenario = {
  name: 'deleted-file',
  about: 'the database file is deleted under the running process, which is then restarted',
  stores: ['sqlite'],
  async run(run) {
    const stage = await setStage(run, PLAIN)
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
