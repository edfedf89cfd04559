import { decodeCursor, pageLimit, toPage } from '../cursor.ts'
import type { MailEvent } from '../events.ts'
import type { Quarantined, Store } from '../store.ts'
import type { AuditEntry, Page, PageQuery, Suppression } from '../suppression.ts'
import type { Tables } from './tables.ts'

type Listings = Pick<Store, 'findSuppressions' | 'suppressions' | 'events' | 'quarantined' | 'audit'>

/** How what is in memory is found and listed. */
export function createListings(tables: Tables): Listings {
  return {
    async findSuppressions(keys) {
      return [...new Set(keys)].flatMap((key) => tables.addresses.get(key)?.suppressions ?? [])
    },
    async suppressions(query) {
      const found = [...tables.addresses.values()]
        .flatMap((address) => address.suppressions)
        .filter((one) => one.expiresAt === undefined || Date.parse(one.expiresAt) > query.now)
        .filter((one) => query.reason === undefined || one.reason === query.reason)
        .filter((one) => query.prefix === undefined || one.address.startsWith(query.prefix))
      return pageOf(found, query, BY_ADDRESS, itself)
    },
    async events(query) {
      const found = [...tables.rows.values()]
        .filter((row) => query.key === undefined || row.key === query.key)
        .filter((row) => query.state === undefined || row.state === query.state)
        .map((row) => row.event)
        .filter((event) => query.type === undefined || event.type === query.type)
        .filter((event) => query.provider === undefined || event.provider === query.provider)
        .filter((event) => query.messageId === undefined || event.messageId === query.messageId)
      return pageOf(found, query, BY_TIME, itself)
    },
    async quarantined(query) {
      return pageOf([...tables.quarantine.values()], query, BY_RECEIPT, itself)
    },
    async audit(query) {
      const found = [...tables.trail.entries()].filter(
        ([, entry]) => query.address === undefined || entry.address === query.address,
      )
      return pageOf(found, query, BY_NAME, ([, entry]) => entry)
    },
  }
}

/** How a listing is ordered. */
interface Order<T> {
  /** Where an item stands, in so many parts. */
  position(item: T): readonly string[]
  readonly parts: number
  readonly lastFirst: boolean
}

const BY_ADDRESS: Order<Suppression> = {
  position: (one) => [one.address, suppressionRank(one)],
  parts: 2,
  lastFirst: false,
}
const BY_TIME: Order<MailEvent> = {
  position: ({ timestamp, id }) => [timestamp, id],
  parts: 2,
  lastFirst: true,
}
const BY_RECEIPT: Order<Quarantined> = {
  position: ({ receivedAt, id }) => [receivedAt, id],
  parts: 2,
  lastFirst: true,
}
const BY_NAME: Order<readonly [name: string, entry: AuditEntry]> = {
  position: ([name]) => [name],
  parts: 1,
  lastFirst: true,
}

/** The page of these items that comes after the query's cursor, each item as it is shown. */
function pageOf<T, Item>(
  items: readonly T[],
  query: PageQuery,
  { position, parts, lastFirst }: Order<T>,
  show: (item: T) => Item,
): Page<Item> {
  const limit = pageLimit(query)
  const after = decodeCursor(query.cursor, parts)
  const direction = lastFirst ? -1 : 1
  const found = items
    .map((item) => ({ item, place: position(item) }))
    .filter(({ place }) => after === undefined || direction * compare(place, after) > 0)
    .sort((a, b) => direction * compare(a.place, b.place))
  return toPage(
    found.slice(0, limit + 1),
    limit,
    (one) => show(one.item),
    (one) => one.place,
  )
}

const itself = <T>(item: T): T => item

const suppressionRank = (one: Suppression): string =>
  JSON.stringify([one.reason, one.scope?.stream, one.scope?.tenant])

function compare(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index] ?? ''
    if (part !== other) return part < other ? -1 : 1
  }
  return 0
}
