/** A walk along an index. */
export interface Walk<Row> {
  /** How many rows are wanted. */
  readonly wanted: number
  /** The bound to begin with, as Redis writes it. */
  readonly from: string
  /** Members from a bound on. */
  next(bound: string, count: number): Promise<readonly string[]>
  /** The rows that these members stand for, in their order, without those that are not wanted or not there any more. */
  load(members: readonly string[]): Promise<readonly Row[]>
}

/** Members in one step at the most. */
const LONGEST_STEP = 1000

/** Walks until there are enough rows, with longer steps where few of them are wanted. */
export async function collect<Row>({ wanted, from, next, load }: Walk<Row>): Promise<readonly Row[]> {
  const rows: Row[] = []
  let bound = from
  let count = wanted
  for (;;) {
    const members = await next(bound, count)
    rows.push(...(await load(members)))
    const last = members.at(-1)
    if (rows.length >= wanted || members.length < count || last === undefined) return rows.slice(0, wanted)
    bound = `(${last}`
    count = Math.max(wanted, Math.min(LONGEST_STEP, count * 2))
  }
}
