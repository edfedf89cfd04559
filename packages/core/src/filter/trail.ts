import type { Store } from '../store.ts'
import type { AuditEntry, Page } from '../suppression.ts'

/** Reads whose suppressions have changed, whoever changed them. */
export interface Trail {
  /**
   * Tells all addresses that have changed since the last time: also those of transactions that had begun by then, and
   * were committed later.
   *
   * @returns whether nothing can have been missed; else it has begun anew
   */
  read(tell: (address: string) => void): Promise<boolean>
  /** Whether it has been read for long enough that it will tell of all that is not committed now. */
  isSettled(): boolean
}

/** The newest entry at some time. What stands behind it tells it from others that say the same. */
interface Mark {
  /** By the clock that nobody sets back, and that never runs ahead of the transactions of others. */
  readonly at: number
  readonly text: string | undefined
  readonly next: string | undefined
}

const PAGE = 1_000
/** Pages after which it is quicker to begin anew. */
const MOST_PAGES = 100

/**
 * An entry has its place in the trail from the moment in which its transaction wrote it, but is to be seen only when that
 * is committed: newer ones may be there before it. So each time the trail is read again down to what was the newest entry
 * `lateMs` before the last time.
 */
export function createTrail(store: Pick<Store, 'audit'>, lateMs: number): Trail {
  /** Oldest first; no more than one of them was late already at the last time. */
  let marks: readonly Mark[] = []

  async function readDownTo(
    mark: Mark,
    newest: Page<AuditEntry>,
    tell: (address: string) => void,
  ): Promise<boolean> {
    let page = newest
    for (let count = 0; count < MOST_PAGES; count += 1) {
      for (const { address } of page.items) tell(address)
      if (page.next === undefined) return mark.text === undefined
      const cursor = page.next
      page = await store.audit({ limit: PAGE, cursor })
      const found = await placeOf(mark, cursor, page)
      for (const { address } of found === undefined ? [] : page.items.slice(0, found)) tell(address)
      if (found !== undefined) return true
    }
    return false
  }

  /** Where in a page an entry is. What says the same, but stands elsewhere, is another one. */
  async function placeOf(
    mark: Mark,
    cursor: string,
    { items, next }: Page<AuditEntry>,
  ): Promise<number | undefined> {
    for (const [index, entry] of items.entries()) {
      if (JSON.stringify(entry) !== mark.text) continue
      const there = index === items.length - 1 ? next : (await store.audit({ limit: index + 1, cursor })).next
      if (there === mark.next) return index
    }
    return undefined
  }

  return {
    async read(tell) {
      const at = performance.now()
      const newest = await store.audit({ limit: 1 })
      const text = newest.items[0] && JSON.stringify(newest.items[0])
      const now: Mark = { at, text, next: newest.next }
      const [oldest] = marks
      const same = oldest !== undefined && oldest.text === text && oldest.next === now.next
      if (oldest !== undefined && !same && !(await readDownTo(oldest, newest, tell))) {
        marks = [now]
        return false
      }
      const late = marks.findLastIndex((mark) => mark.at <= at - lateMs)
      marks = [...marks.slice(Math.max(0, late)), now]
      return true
    },
    isSettled: () => marks[0] !== undefined && performance.now() - marks[0].at >= lateMs,
  }
}
