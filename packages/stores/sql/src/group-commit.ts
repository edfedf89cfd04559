import { setImmediate } from 'node:timers/promises'
import { Unanswered } from './access.ts'

interface Waiting<Item, Result> {
  readonly item: Item
  resolve(result: Result): void
  reject(error: unknown): void
}

/** What shares a commit weighs this much at the most: enough to make the disk cheap, little enough to answer soon. */
const MOST = 512

/**
 * Lets what comes at the same time share a commit, since it is the commit that waits for the disk. While one group is
 * committed the next one gathers; each promise resolves only after the commit that holds its item. Where a group
 * fails, its halves are tried, and theirs, so that one item fails alone and not the others with it.
 *
 * @param transact runs a transaction; a rejection means that nothing of it was stored
 * @param work does the items of a group in their order. @returns their results in the same order
 * @param weigh how much work an item is; one that is heavier than a group may be goes alone
 */
export function groupCommit<Trx, Item, Result>(
  transact: (work: (trx: Trx) => Promise<readonly Result[]>) => Promise<readonly Result[]>,
  work: (trx: Trx, items: readonly Item[]) => Promise<readonly Result[]>,
  weigh: (item: Item) => number,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = []
  let draining = false

  async function drain(): Promise<void> {
    draining = true
    while (waiting.length > 0) {
      // all that this turn of the event loop still brings, from every socket, joins the group
      await setImmediate()
      await commit(waiting.splice(0, groupSize()))
    }
    draining = false
  }

  function groupSize(): number {
    let weight = 0
    const end = waiting.findIndex(({ item }, index) => {
      weight += weigh(item)
      return index > 0 && weight > MOST
    })
    return end < 0 ? waiting.length : end
  }

  async function commit(group: readonly Waiting<Item, Result>[]): Promise<void> {
    let begun = false
    try {
      const results = await transact((trx) => {
        begun = true
        return work(
          trx,
          group.map(({ item }) => item),
        )
      })
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as Result)
    } catch (error) {
      // a transaction that could not even begin, or that is not answered, is nobody's fault: a part of them would fare no better
      if (!begun || error instanceof Unanswered || group.length === 1) {
        for (const { reject } of group) reject(error)
        return
      }
      const middle = Math.ceil(group.length / 2)
      await commit(group.slice(0, middle))
      await commit(group.slice(middle))
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!draining) void drain()
    })
}
