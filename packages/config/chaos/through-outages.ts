import { setTimeout } from 'node:timers/promises'
import { audit } from './audit.ts'
import type { Disk } from './disk/disk.ts'
import type { Result, Run } from './scenario.ts'
import { postsOf, type Stage } from './stage.ts'
import type { Letter } from './traffic.ts'

/** A way in which storage is out of reach. */
export interface Outage {
  /** A sentence: `'the disk is full'`. */
  readonly name: string
  /**
   * Whether posts that happen to need nothing of what is out of reach may be acknowledged; some have to be refused.
   *
   * @default false
   */
  readonly partial?: boolean
  begin(): Promise<void>
  end(): Promise<void>
}

/** Every write fails with this error. */
export const failing = (name: string, { disk }: Stage, code: Parameters<Disk['fail']>[0]): Outage => ({
  name,
  begin: async () => disk?.fail(code),
  end: async () => disk?.fail(),
})

/** A post is begun this often while storage is out of reach, in milliseconds; every second one is sent again. */
const PACE_MS = 50
/** How long a provider waits until it sends again, in milliseconds. */
const PAUSE_MS = 2_000
/** Bouncy answers after 7.5 s; the rest is for the way there and back. */
const ANSWER_WITHIN_MS = 8_000
const DRAIN_MS = 60_000
/** The answer of a receiver that has ended. */
const NOBODY = { status: 0, ms: 0 } as const
/** Letters that are sent before anything happens. */
const BEFORE = 40

/** Sends throughout, with storage out of reach in each of these ways for so long, one after the other. */
export async function throughOutages(
  run: Run,
  stage: Stage,
  outages: readonly Outage[],
  seconds: number,
): Promise<Result> {
  const { traffic, receiver, sender, score, place } = stage
  const faults = new Map<string, number>()
  const fault = (what: string): unknown => faults.set(what, (faults.get(what) ?? 0) + 1)
  const pending: { letter: Letter; at: number }[] = []
  let underWay: Promise<unknown>[] = []
  let slowestMs = 0
  let recoveryMs = 0
  /** How many genuine posts were answered in the outage, with 503 and with 200. */
  const answered = new Map<Outage, { refused: number; stored: number }>()
  /** The outage that is going on; nothing in between. */
  let now: Outage | undefined

  /** Nobody starts it again then. */
  const dead = (): boolean => receiver.deaths.length > 0

  async function send(letter: Letter): Promise<boolean> {
    const begunIn = now
    score.send(letter)
    const { status, ms } = dead() ? NOBODY : await sender.post(await receiver.url(), letter)
    const done = score.answer(letter, status)
    if (begunIn !== undefined) {
      slowestMs = Math.max(slowestMs, ms)
      if (ms > ANSWER_WITHIN_MS) fault(`answered only after ${ANSWER_WITHIN_MS} ms while ${begunIn.name}`)
      // what is answered when all is well again may be stored by then
      const within = now === begunIn
      if (!letter.forged && within) judge(begunIn, status)
    }
    if (!done) pending.push({ letter, at: performance.now() + PAUSE_MS })
    return done
  }

  function judge(outage: Outage, status: number): void {
    const counts = answered.get(outage) ?? { refused: 0, stored: 0 }
    answered.set(outage, counts)
    if (status === 503) counts.refused += 1
    else if (status === 200 && outage.partial === true) counts.stored += 1
    else fault(`answered ${status || 'not at all'} while ${outage.name}`)
  }

  async function untilAcknowledged(what: string): Promise<void> {
    const deadline = performance.now() + DRAIN_MS
    while (pending.length > 0 && !dead()) {
      if (performance.now() > deadline) {
        fault(`${pending.length} posts not acknowledged ${DRAIN_MS / 1_000} s after ${what}`)
        return
      }
      const due = pending.splice(0, 32)
      const results = await Promise.all(due.map(({ letter }) => send(letter)))
      if (results.includes(false)) await setTimeout(100)
    }
  }

  async function untilNew(): Promise<void> {
    const began = performance.now()
    while (performance.now() - began < DRAIN_MS && !dead()) {
      const letter = traffic.next()
      if ((await send(letter)) && !letter.forged) break
    }
    recoveryMs = Math.max(recoveryMs, performance.now() - began)
  }

  await Promise.all(Array.from({ length: BEFORE }, () => send(traffic.next())))
  await untilAcknowledged('the start')
  for (const outage of outages) {
    await outage.begin()
    now = outage
    const ends = performance.now() + seconds * 1_000
    for (let turn = 0; performance.now() < ends; turn += 1) {
      const due = turn % 2 === 0 ? undefined : takeDue()
      underWay.push(send(due ?? traffic.next()))
      if (turn % 20 === 0) {
        const left = Math.ceil((ends - performance.now()) / 1_000)
        run.tell(`${outage.name}, ${left} s to go, ${pending.length} posts wait`)
      }
      await setTimeout(PACE_MS)
    }
    now = undefined
    const { refused = 0, stored = 0 } = answered.get(outage) ?? {}
    if (outage.partial === true && refused === 0) fault(`no post was refused while ${outage.name}`)
    if (stored > 0) run.note(`${refused} posts were refused and ${stored} found room while ${outage.name}`)
    await outage.end()
    await untilNew()
    await Promise.all(underWay)
    underWay = []
    run.tell('draining')
    await untilAcknowledged(outage.name)
  }
  await receiver.stop()
  const audited = await audit(place, score)
  return {
    ...audited,
    posts: postsOf(score),
    slowestMs,
    recoveryMs,
    faults: [
      ...audited.faults,
      ...[...faults].map(([what, count]) => (count > 1 ? `${what} (${count} times)` : what)),
      ...receiver.deaths,
    ],
  }

  function takeDue(): Letter | undefined {
    const index = pending.findIndex(({ at }) => at <= performance.now())
    return index < 0 ? undefined : pending.splice(index, 1)[0]?.letter
  }
}
