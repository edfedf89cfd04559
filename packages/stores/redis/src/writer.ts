import { setImmediate } from 'node:timers/promises'
import type { Change, Outcome, Transact } from './transact.ts'

/** Writes a change, sharing the round trips with others that come at the same time. */
export type Write = <T>(change: Change<T>) => Promise<T>

interface Waiting {
  readonly change: Change<unknown>
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** What shares a commit weighs this much at the most, so that the server is not held up for longer than some ms. */
const MOST = 512
/** Conflicts after which a group is halved: what is smaller is out of the way of others sooner. */
const ATTEMPTS_TOGETHER = 4
/** Conflicts after which a change is given up, which is after some two seconds. */
const ATTEMPTS_ALONE = 40

/**
 * While one group of changes is written the next one gathers; each promise settles only after the commit that holds its
 * change. An error of the server or of the connection concerns all of a group.
 */
export function createWriter(transact: Transact): Write {
  const waiting: Waiting[] = []
  let draining = false

  async function drain(): Promise<void> {
    draining = true
    while (waiting.length > 0) {
      // all that this turn of the event loop still brings, from every socket, joins the group
      await setImmediate()
      await writeGroup(waiting.splice(0, groupSize(waiting)))
    }
    draining = false
  }

  async function writeGroup(group: readonly Waiting[]): Promise<void> {
    if (await write(group, ATTEMPTS_TOGETHER)) return
    // who is alone in somebody's way goes on trying by the side, and holds up nobody
    if (group.length === 1) return void writeAlone(group)
    const middle = Math.ceil(group.length / 2)
    await writeGroup(group.slice(0, middle))
    await writeGroup(group.slice(middle))
  }

  async function writeAlone(group: readonly Waiting[]): Promise<void> {
    if (await write(group, ATTEMPTS_ALONE)) return
    for (const { reject } of group) reject(new Error(CONTENDED))
  }

  /** @returns whether the group has been dealt with */
  async function write(group: readonly Waiting[], attempts: number): Promise<boolean> {
    try {
      const outcomes = await transact(
        group.map(({ change }) => change),
        attempts,
      )
      if (outcomes === undefined) return false
      settle(group, outcomes)
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
    return true
  }

  return <T>(change: Change<T>) =>
    new Promise<T>((resolve, reject) => {
      waiting.push({ change, resolve: resolve as Waiting['resolve'], reject })
      if (!draining) void drain()
    })
}

const CONTENDED =
  '[bouncy/redis] others changed the same events or addresses all the time; nothing was stored, try again later'

function groupSize(waiting: readonly Waiting[]): number {
  let weight = 0
  const end = waiting.findIndex(({ change }, index) => {
    weight += change.weight
    return index > 0 && weight > MOST
  })
  return end < 0 ? waiting.length : end
}

function settle(group: readonly Waiting[], outcomes: readonly Outcome<unknown>[]): void {
  for (const [index, { resolve, reject }] of group.entries()) {
    const outcome = outcomes[index]
    if (outcome?.status === 'fulfilled') resolve(outcome.value)
    else reject(outcome?.reason)
  }
}
