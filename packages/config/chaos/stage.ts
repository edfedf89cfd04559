import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDisk, type Disk } from './disk/disk.ts'
import type { StoreAt } from './open-store.ts'
import type { Place } from './places/place.ts'
import { openPlace } from './places/places.ts'
import { createReceiver, type ReceiverProcess } from './receiver-process.ts'
import type { Run } from './scenario.ts'
import { createScore, type Score } from './score.ts'
import { createSender, type Sender } from './sender.ts'
import { createTraffic, type Traffic } from './traffic.ts'

/** All that a scenario needs; taken down when the run ends. */
export interface Stage {
  readonly place: Place
  readonly receiver: ReceiverProcess
  readonly traffic: Traffic
  readonly score: Score
  readonly sender: Sender
  /** Posts under way at once. */
  readonly connections: number
  /** Only where it was asked for. */
  readonly disk: Disk | undefined
}

/** How a stage differs from the plain one. */
export interface StageOptions {
  /** Posts under way at once. */
  readonly connections: number
  /** Whether files are on a disk that can lose power and fail. */
  readonly disk?: boolean
  /** Mounts something over the folder of the files. @returns whether it did; if not, they are on such a disk */
  mount?(folder: string): boolean
  /** Makes the database. @param folder of its files @default a plain one of the run's store */
  makePlace?(folder: string): Promise<Place>
  /** The way on which the receiver reaches the store. @default the direct one */
  storeFor?(place: Place): Promise<StoreAt>
  /** See `BouncyOptions`. @default that of Bouncy */
  readonly leaseMs?: number
}

/** @throws Missing */
export async function setStage(run: Run, options: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'bouncy-chaos-'))
  run.atEnd(async () => rmSync(folder, { recursive: true, force: true }))
  const files = join(folder, 'files')
  mkdirSync(files)
  const mounted = options.mount?.(files)
  const opened = await (options.makePlace?.(files) ?? openPlace(run.store, files))
  const place = run.sabotage === 'ack-early' ? { ...opened, transactional: false } : opened
  run.atEnd(() => place.remove())
  const disk = options.disk === true || mounted === false ? createDisk(files) : undefined
  const traffic = createTraffic(run.random('traffic'))
  const score = createScore(join(folder, 'ledger'))
  const receiver = createReceiver(
    {
      ...traffic.trust,
      store: (await options.storeFor?.(place)) ?? place.at,
      ledger: score.ledger,
      ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
      ...(run.sabotage === undefined ? {} : { sabotage: run.sabotage }),
    },
    disk?.env,
  )
  const sender = createSender(options.connections)
  run.atEnd(async () => {
    sender.close()
    await receiver.kill()
  })
  await receiver.start()
  return { place, receiver, traffic, score, sender, connections: options.connections, disk }
}

/** How many posts were sent, with whatever answer. */
export const postsOf = ({ statuses }: Score): number =>
  [...statuses.values()].reduce((sum, count) => sum + count, 0)
