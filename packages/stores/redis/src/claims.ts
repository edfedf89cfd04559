import type { ClaimedEvent, ClaimQuery, MailEvent, SettleOutcome } from '@bouncy/core/store'
import { STEP } from './along.ts'
import type { Database } from './database.ts'
import type { Draft } from './draft.ts'
import { ALL, beyond, partsOf, type SetName } from './keys.ts'
import { putStanding, type Standing, standingOf } from './standing.ts'
import type { Change } from './transact.ts'

/** Claims unsettled events that nobody holds and that are due, oldest receipt first. */
export async function claimFree(db: Database, query: ClaimQuery): Promise<readonly ClaimedEvent[]> {
  const { now, dueBy } = query
  await requeue(db, 'held', now, (one) => (one.leaseUntil > now ? one : { ...one, leaseUntil: 0 }))
  await requeue(db, 'delayed', dueBy, (one) => (one.retryAt > dueBy ? one : { ...one, ripe: true }))
  const attempts = await takeFree(db, query)
  const events = await db.read('events', [...attempts.keys()])
  return [...attempts.values()].flatMap((attempt, index) => {
    const text = events[index]
    return text === undefined ? [] : [{ event: JSON.parse(text) as MailEvent, attempt }]
  })
}

/** Claims an event. @returns how often it has been claimed */
export function take(draft: Draft, id: string, standing: Standing, leaseUntil: number): number {
  const attempt = standing.attempt + 1
  putStanding(draft, id, { ...standing, leaseUntil, ripe: false, attempt })
  return attempt
}

/** Ends claims; a settled event stays settled, whoever fails it afterwards. */
export function settling(outcomes: readonly SettleOutcome[]): Change<void> {
  return {
    wanted: { standings: outcomes.map(({ id }) => id) },
    weight: outcomes.length,
    apply(draft) {
      for (const { id, outcome, retryAt = 0 } of outcomes) {
        const standing = standingOf(draft, id)
        if (standing === undefined || standing.state === 'settled') continue
        if (outcome === 'revived' && standing.state !== 'dead') continue
        putStanding(draft, id, {
          ...standing,
          state: outcome === 'settled' || outcome === 'dead' ? outcome : 'unsettled',
          leaseUntil: 0,
          retryAt: outcome === 'failed' ? retryAt : 0,
          ripe: false,
          attempt: outcome === 'revived' ? 0 : standing.attempt,
        })
      }
    },
  }
}

/** Lets events go on to where they wait next, now that a time has come. */
async function requeue(
  db: Database,
  from: SetName,
  time: number,
  next: (standing: Standing) => Standing,
): Promise<void> {
  for (;;) {
    const members = await db.upTo(from, String(time), STEP)
    if (members.length === 0) return
    await db.write(changing(from, members, (draft, id, standing) => putStanding(draft, id, next(standing))))
    if (members.length < STEP) return
  }
}

async function takeFree(
  db: Database,
  { dueBy, leaseUntil, limit }: ClaimQuery,
): Promise<ReadonlyMap<string, number>> {
  const taken = new Map<string, number>()
  let min = ALL.min
  while (taken.size < limit) {
    const count = Math.min(STEP, limit - taken.size)
    const members = await db.range('free', { min, max: ALL.max, limit: count })
    const last = members.at(-1)
    if (last === undefined) break
    const attempts = await db.write(
      changing('free', members, (draft, id, standing) => {
        if (standing.state !== 'unsettled' || standing.leaseUntil > 0) return 0
        if (standing.retryAt <= dueBy) return take(draft, id, standing, leaseUntil)
        putStanding(draft, id, { ...standing, ripe: false })
        return 0
      }),
    )
    for (const [id, attempt] of attempts) if (attempt > 0) taken.set(id, attempt)
    if (members.length < count) break
    min = beyond(last)
  }
  return taken
}

/** What is done to each event that waits in a queue. */
function changing<T>(
  queue: SetName,
  members: readonly string[],
  apply: (draft: Draft, id: string, standing: Standing) => T,
): Change<readonly (readonly [id: string, result: T])[]> {
  const ids = members.map((member) => partsOf(member, 2)[1] ?? '')
  return {
    wanted: { standings: ids },
    weight: ids.length,
    apply: (draft) =>
      ids.flatMap((id, index) => {
        const standing = standingOf(draft, id)
        if (standing !== undefined) return [[id, apply(draft, id, standing)] as const]
        draft.displace(queue, members[index] ?? '')
        return []
      }),
  }
}
