import type { Database } from './database.ts'
import type { Draft, Fields } from './draft.ts'
import type { Bounds, SetName } from './keys.ts'
import type { Change } from './transact.ts'

/** What is changed in one commit at the most: few enough not to hold others up. */
export const STEP = 250

/** Changes what stands along a part of an index, step by step. @returns how many were changed */
export async function along(
  db: Database,
  set: SetName,
  { min, max }: Bounds,
  change: (members: readonly string[]) => Change<number>,
): Promise<number> {
  let changed = 0
  let from = min
  for (;;) {
    const members = await db.range(set, { min: from, max, limit: STEP })
    const last = members.at(-1)
    if (last === undefined) return changed
    changed += await db.write(change(members))
    if (members.length < STEP) return changed
    from = `(${last}`
  }
}

/** Changes several things in one step; `apply` says whether it changed one. */
export function each(
  names: readonly string[],
  wantedOf: (names: readonly string[]) => Fields,
  apply: (draft: Draft, name: string) => boolean,
): Change<number> {
  return {
    wanted: wantedOf(names),
    weight: names.length,
    apply: (draft) => names.filter((name) => apply(draft, name)).length,
  }
}

/** What has to be loaded before events can be changed. */
export const eventFields = (ids: readonly string[]): Fields => ({ events: ids, standings: ids })
