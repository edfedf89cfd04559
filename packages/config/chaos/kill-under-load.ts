import { setTimeout } from 'node:timers/promises'
import { audit } from './audit.ts'
import { startLoad } from './load.ts'
import type { Place } from './places/place.ts'
import { Died } from './receiver-process.ts'
import type { Result, Run } from './scenario.ts'
import type { Score } from './score.ts'
import { postsOf, type Stage } from './stage.ts'
import type { Letter } from './traffic.ts'

/** Acknowledged posts between two kills, at most. */
const MOST_BETWEEN = 150
const LATEST_MS = 30_000
const DRAIN_MS = 60_000
/** Posts that are sent once more at the end, to see that nothing comes of it. */
const MOST_REPLAYED = 3_000

/**
 * Kills the receiver again and again, and sees that nothing is lost or done twice; then sends all of it once more.
 *
 * @param whileDown runs when the process is gone
 */
export async function killUnderLoad(
  run: Run,
  { place, receiver, traffic, score, sender, connections }: Stage,
  whileDown: () => void = () => {},
): Promise<Result> {
  const random = run.random('moments')
  const load = startLoad(receiver, sender, traffic, score, connections)
  run.atEnd(load.stop)
  const faults: string[] = []
  let recoveryMs = 0
  let kills = 0
  let noted = 0

  while (kills < run.size.kills) {
    run.tell(`kill ${kills + 1} of ${run.size.kills}, ${score.acknowledged.size} posts acknowledged`)
    if (!(await load.acknowledged(1 + random.below(MOST_BETWEEN), LATEST_MS))) {
      faults.push(`nothing more was acknowledged for ${LATEST_MS / 1_000} s after kill ${kills}`)
      break
    }
    kills += 1
    await setTimeout(random.below(20))
    let killed = performance.now()
    await receiver.kill()
    const underWay = load.outstanding().filter(({ forged }) => !forged)
    const acknowledged = [...score.acknowledged.values()]
    whileDown()
    if (random.chance(0.1)) {
      // once more, while it starts; one that ends by itself does so again below
      const starting = receiver.start().catch(() => {})
      await setTimeout(100 + random.below(400))
      killed = performance.now()
      await receiver.kill()
      await starting
      whileDown()
    }
    const answered = load.acknowledged(1, LATEST_MS)
    await receiver.start()
    const listening = performance.now() - killed
    if (!(await answered))
      faults.push(`nothing was acknowledged for ${LATEST_MS / 1_000} s after kill ${kills}`)
    const recovered = performance.now() - killed
    if (recovered > run.size.recovery)
      faults.push(
        `it took ${Math.round(recovered)} ms to recover from kill ${kills}, ${Math.round(listening)} of them until it listened; ${run.size.recovery} are allowed`,
      )
    recoveryMs = Math.max(recoveryMs, recovered)
    await noteSettled(place, score, [...acknowledged.slice(noted), ...underWay])
    noted = acknowledged.length
  }

  run.tell('draining')
  if (!(await load.drain(DRAIN_MS)))
    faults.push(
      `${load.outstanding().length} posts were still not acknowledged ${DRAIN_MS / 1_000} s after the last kill`,
    )

  await receiver.stop()
  await noteSettled(place, score, [...score.acknowledged.values()].slice(noted))
  // before anything is sent again, which would make good what was lost
  const audited = await audit(place, score)

  run.tell('sending it all again')
  await receiver.start()
  const replayed = [...score.acknowledged.values()].slice(-MOST_REPLAYED)
  const url = await receiver.url()
  const queue = replayed.values()
  const deadline = performance.now() + LATEST_MS
  /** What was not settled yet as its process was killed belongs to that process until its lease ends; nothing else does. */
  async function replay(letter: Letter): Promise<number> {
    const isSettled = letter.recipients.every((recipient) => score.settledAt(recipient) !== undefined)
    for (;;) {
      const { status } = await sender.post(url, letter)
      if (status !== 503 || isSettled || performance.now() > deadline) return status
      await setTimeout(100)
    }
  }
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (const letter of queue) {
        const status = await replay(letter)
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
    kills,
    recoveryMs,
    faults: [...(audited.faults.length > 0 ? audited : again).faults, ...new Set(faults), ...receiver.deaths],
  }
}

/**
 * Where the receiver cannot even be started any more, or the file not be read, nothing of what it had acknowledged is
 * there.
 */
export function lostAll({ score, receiver }: Stage): (error: unknown) => Result {
  return (error) => {
    const unreadable = isUnreadable(error)
    if (!unreadable && !(error instanceof Died)) throw error
    const acknowledged = countEvents(score.acknowledged.values())
    return {
      events: countEvents(score.sent.values()),
      posts: postsOf(score),
      acknowledged,
      lost: acknowledged,
      doubles: 0,
      faults: unreadable
        ? [`${acknowledged} acknowledged events are not in the store: ${error.message}`]
        : receiver.deaths,
    }
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB (https://sqlite.org/rescode.html), as `node:sqlite` tells them. */
const UNREADABLE: ReadonlySet<unknown> = new Set([11, 26])

const isUnreadable = (error: unknown): error is Error =>
  error instanceof Error && 'errcode' in error && UNREADABLE.has(Number(error.errcode) & 0xff)

function countEvents(letters: Iterable<Letter>): number {
  return [...letters].reduce((sum, { forged, recipients }) => sum + (forged ? 0 : recipients.length), 0)
}

/**
 * What is settled must not be handled again, whether anybody was told or not. An acknowledgement alone does not say so:
 * handlers have succeeded then, and the store is told beside the reply.
 */
async function noteSettled(place: Place, score: Score, letters: readonly Letter[]): Promise<void> {
  const { store, close } = await place.open()
  try {
    for (const key of letters.flatMap(({ recipients }) => recipients)) {
      const { items } = await store.events({ key, state: 'settled' })
      if (items.length > 0) score.settled(key)
    }
  } finally {
    await close()
  }
}
