import {
  decodeCursor,
  type MailEvent,
  type Page,
  pageLimit,
  type StoredEventQuery,
  toPage,
} from '@bouncy/core/store'
import { collect } from './collect.ts'
import type { Database } from './database.ts'
import { digest } from './digest.ts'
import { beyond, boundsOf, partsOf } from './keys.ts'
import { readStanding, type Standing } from './standing.ts'

/** Events, newest first, by timestamp, then id. */
export async function listEvents(db: Database, query: StoredEventQuery): Promise<Page<MailEvent>> {
  const limit = pageLimit(query)
  const after = decodeCursor(query.cursor, 2)
  const facet = narrowest(query)
  const bounds = boundsOf(facet)
  const rows = await collect({
    wanted: limit + 1,
    from: after === undefined ? bounds.max : beyond(facet, ...after),
    next: (max, count) => db.range('event-index', { ...bounds, max, limit: count, reverse: true }),
    async load(members) {
      const ids = members.map(eventId)
      const [events, standings] = await Promise.all([db.read('events', ids), db.read('standings', ids)])
      return ids.flatMap((_, index) => {
        const [event, standing] = [events[index], standings[index]]
        if (event === undefined || standing === undefined) return []
        const row = { event: JSON.parse(event) as MailEvent, standing: readStanding(standing) }
        return isAskedFor(query, row) ? [row] : []
      })
    },
  })
  return toPage(
    rows,
    limit,
    ({ event }) => event,
    ({ event, standing }) => [standing.timestamp, event.id],
  )
}

/** The id in a member of the index. */
export const eventId = (member: string): string => partsOf(member, 3)[2] ?? ''

/** The part of the index that holds all events that are asked for, and as few others as possible. */
function narrowest({ messageId, key, state, type, provider }: StoredEventQuery): string {
  if (messageId !== undefined) return `message ${digest(messageId)}`
  if (key !== undefined) return `address ${digest(key)}`
  if (state === 'unsettled' || state === 'dead') return state
  if (type !== undefined) return `type ${type}`
  if (provider !== undefined) return `provider ${provider}`
  return 'time'
}

function isAskedFor(
  { messageId, key, state, type, provider }: StoredEventQuery,
  { event, standing }: { readonly event: MailEvent; readonly standing: Standing },
): boolean {
  return (
    (messageId === undefined || event.messageId === messageId) &&
    (key === undefined || standing.address === digest(key)) &&
    (state === undefined || standing.state === state) &&
    (type === undefined || event.type === type) &&
    (provider === undefined || event.provider === provider)
  )
}
