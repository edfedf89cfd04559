import { setTimeout } from 'node:timers/promises'
import { audit } from '../audit.ts'
import { startLoad } from '../load.ts'
import { STORES } from '../open-store.ts'
import type { Place } from '../places/place.ts'
import { Died } from '../receiver-process.ts'
import type { Result, Run, Scenario } from '../scenario.ts'
import type { Score } from '../score.ts'
import { postsOf, type Stage, setStage } from '../stage.ts'
import type { Letter } from '../traffic.ts'

/** SIGKILL at random moments under load. */
export const kill: Scenario = {
  name: 'kill',
  about: 'kill -9 at random moments under load',
  stores: STORES,
  async run(run) {
    const stage = await setStage(run, { connections: CONNECTIONS, leaseMs: LEASE_MS })
    return killUnderLoad(run, stage, () => noteSettled).catch(lostAll(run, stage))
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
      // what was settled may be unsettled again, unless it was acknowledged
      return undefined
    }).catch(lostAll(run, stage))
  },
}

const CONNECTIONS = 24
/** What a killed process had claimed is free again after this. */
const LEASE_MS = 3_000
/** An event is acknowledged, after a kill, before this. */
const RECOVER_WITHIN_MS = 5_000
/** Acknowledged posts between two kills, at most. */
const MOST_BETWEEN = 150
const LATEST_MS = 30_000
const DRAIN_MS = 60_000
/** Posts that are sent once more at the end, to see that nothing comes of it. */
const MOST_REPLAYED = 3_000

/** Looks what is settled among the events that were under way. */
type AfterRestart = (place: Place, score: Score, underWay: readonly Letter[]) => Promise<void>

/** @param whileDown runs when the process is gone. @returns what to do when it is there again */
async function killUnderLoad(
  run: Run,
  { place, receiver, traffic, score, sender }: Stage,
  whileDown: () => AfterRestart | undefined,
): Promise<Result> {
  const random = run.random('moments')
  const load = startLoad(receiver, sender, traffic, score, CONNECTIONS)
  const faults: string[] = []
  let recoveryMs = 0

  for (let kills = 1; kills <= run.size.kills; kills += 1) {
    run.tell(`kill ${kills} of ${run.size.kills}, ${score.acknowledged.size} posts acknowledged`)
    if (!(await load.acknowledged(1 + random.below(MOST_BETWEEN), LATEST_MS))) {
      faults.push(`nothing more was acknowledged for ${LATEST_MS / 1_000} s before kill ${kills}`)
      break
    }
    await setTimeout(random.below(20))
    let killed = performance.now()
    await receiver.kill()
    const underWay = load.outstanding().filter(({ forged }) => !forged)
    const afterRestart = whileDown()
    if (random.chance(0.1)) {
      // once more, while it starts
      const starting = receiver.start()
      await setTimeout(100 + random.below(400))
      killed = performance.now()
      await receiver.kill()
      await starting
      whileDown()
    }
    const answered = load.acknowledged(1, LATEST_MS)
    await receiver.start()
    if (!(await answered))
      faults.push(`nothing was acknowledged for ${LATEST_MS / 1_000} s after kill ${kills}`)
    recoveryMs = Math.max(recoveryMs, performance.now() - killed)
    await afterRestart?.(place, score, underWay)
  }

  run.tell('draining')
  if (!(await load.drain(DRAIN_MS)))
    faults.push(
      `${load.outstanding().length} posts were still not acknowledged ${DRAIN_MS / 1_000} s after the last kill`,
    )
  if (recoveryMs > RECOVER_WITHIN_MS)
    faults.push(`it took ${Math.round(recoveryMs)} ms to recover; ${RECOVER_WITHIN_MS} are allowed`)

  await receiver.stop()
  // before anything is sent again, which would make good what was lost
  const audited = await audit(place, score)

  run.tell('sending it all again')
  await receiver.start()
  const replayed = [...score.acknowledged.values()].slice(-MOST_REPLAYED)
  const url = await receiver.url()
  const queue = replayed.values()
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (const letter of queue) {
        const { status } = await sender.post(url, letter)
        score.answer(letter, status)
        if (status !== 200)
          faults.push(`an event that had been acknowledged was answered ${status} when sent again`)
      }
    }),
  )
  await receiver.stop()
  const again = await audit(place, score)
  return {
    ...audited,
    doubles: again.doubles,
    posts: postsOf(score),
    kills: run.size.kills,
    recoveryMs,
    faults: [...(audited.faults.length > 0 ? audited : again).faults, ...new Set(faults), ...receiver.deaths],
  }
}

/** What is settled although nobody was told must not be handled again either. */
const noteSettled: AfterRestart = async (place, score, underWay) => {
  const { store, close } = await place.open()
  try {
    for (const key of underWay.flatMap(({ recipients }) => recipients)) {
      const { items } = await store.events({ key, state: 'settled' })
      if (items.length > 0) score.settled(key)
    }
  } finally {
    await close()
  }
}

/** Where the receiver cannot even be started any more, nothing of what it had acknowledged is there. */
function lostAll(run: Run, { score, receiver }: Stage): (error: unknown) => Result {
  return (error) => {
    if (!(error instanceof Died)) throw error
    const acknowledged = countEvents(score.acknowledged.values())
    return {
      events: countEvents(score.sent.values()),
      posts: postsOf(score),
      kills: run.size.kills,
      acknowledged,
      lost: acknowledged,
      doubles: 0,
      faults: receiver.deaths,
    }
  }
}

function countEvents(letters: Iterable<Letter>): number {
  return [...letters].reduce((sum, { forged, recipients }) => sum + (forged ? 0 : recipients.length), 0)
}
