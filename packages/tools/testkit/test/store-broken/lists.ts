import { decodeCursor, encodeCursor, type Page, type PageQuery } from '@bouncy/core/store'
import { type Break, type Breaks, onRecord } from './break.ts'

/** Answers a listing from all of it. */
async function whole<T, Query extends PageQuery>(
  list: (query: Query) => Promise<Page<T>>,
  query: Query,
): Promise<readonly T[]> {
  const { cursor: _cursor, ...rest } = query
  return (await list({ ...rest, limit: 1000 } as Query)).items
}

async function byOffset<T, Query extends PageQuery>(
  list: (query: Query) => Promise<Page<T>>,
  query: Query,
): Promise<Page<T>> {
  const items = await whole(list, query)
  const [start = '0'] = decodeCursor(query.cursor, 1) ?? []
  const end = Number(start) + (query.limit ?? 50)
  const shown = items.slice(Number(start), end)
  return end < items.length ? { items: shown, next: encodeCursor([String(end)]) } : { items: shown }
}

const without =
  (listing: 'events' | 'suppressions' | 'audit', filter: string): Break =>
  (store) => ({
    [listing]: ({ [filter]: _, ...query }: Record<string, unknown>) => store[listing](query as never),
  })

/** Stores that list suppressions badly. */
export const suppressions: Breaks = {
  'has room for a thousand keys': (store) => ({
    findSuppressions: (keys) => store.findSuppressions(keys.slice(0, 1000)),
  }),
  'repeats what is asked for twice': (store) => ({
    findSuppressions: async (keys) =>
      (await Promise.all(keys.map((key) => store.findSuppressions([key])))).flat(),
  }),
  'hides what will expire': (store) => ({
    findSuppressions: async (keys) =>
      (await store.findSuppressions(keys)).filter((one) => one.expiresAt === undefined),
  }),
  'lists what has expired': (store) => ({
    suppressions: (query) => store.suppressions({ ...query, now: 0 }),
  }),
  'takes a prefix for a pattern': (store) => ({
    async suppressions({ prefix = '', ...query }) {
      const all = await whole((part: typeof query) => store.suppressions(part), query)
      const pattern = prefix
        .replace(/[.*\\^$]/g, '\\$&')
        .replaceAll('%', '.*')
        .replaceAll('_', '.')
      return { items: all.filter(({ address }) => new RegExp(`^${pattern}`).test(address)) }
    },
  }),
  'lists in the order of arrival': (store) => {
    const order: string[] = []
    return {
      record(batch) {
        order.push(...batch.marks.map((one) => one.key))
        return store.record(batch)
      },
      async suppressions(query) {
        const { items, ...page } = await store.suppressions(query)
        return {
          ...page,
          items: items.toSorted((a, b) => order.indexOf(a.address) - order.indexOf(b.address)),
        }
      },
    }
  },
  'pages by offset': (store) => ({
    suppressions: (query) => byOffset((part: typeof query) => store.suppressions(part), query),
  }),
  'knows no reason': without('suppressions', 'reason'),
  'knows no prefix': without('suppressions', 'prefix'),
}

/** Stores that list events badly. */
export const events: Breaks = {
  'lists oldest first': (store) => ({
    async events(query) {
      const { items, ...page } = await store.events(query)
      return { ...page, items: items.toReversed() }
    },
  }),
  'pages by offset': (store) => ({
    events: (query) => byOffset((part: typeof query) => store.events(part), query),
  }),
  'pages by time alone': (store) => ({
    async events(query) {
      const [time] = decodeCursor(query.cursor, 2) ?? []
      return store.events(time === undefined ? query : { ...query, cursor: encodeCursor([time, '']) })
    },
  }),
  'knows no recipient': without('events', 'key'),
  'knows no type': without('events', 'type'),
  'knows no provider': without('events', 'provider'),
  'knows no message': without('events', 'messageId'),
  'leaves out what is unsettled': (store) => {
    const hidden = new Set<string>()
    return {
      record(batch) {
        for (const { event, settled } of batch.events) if (!settled) hidden.add(event.id)
        return store.record(batch)
      },
      async events(query) {
        const { items, ...page } = await store.events(query)
        return { ...page, items: items.filter((event) => !hidden.has(event.id)) }
      },
    }
  },
}

/** Stores that list the quarantine badly. */
export const quarantine: Breaks = {
  'keeps every copy': (store) => {
    let copies = 0
    return onRecord(({ quarantined }) => ({
      quarantined: quarantined.map((one) => ({ ...one, id: `${one.id}#${++copies}` })),
    }))(store)
  },
  'keeps what came last': (store) => {
    const last = new Map<string, unknown>()
    return {
      record(batch) {
        for (const one of batch.quarantined) last.set(one.id, one)
        return store.record(batch)
      },
      async quarantined(query) {
        const { items, ...page } = await store.quarantined(query)
        return { ...page, items: items.map((one) => last.get(one.id) as never) }
      },
    }
  },
  'lists in the order of arrival': (store) => ({
    async quarantined(query) {
      const { items, ...page } = await store.quarantined(query)
      return { ...page, items: items.toReversed() }
    },
  }),
}

/** Stores that answer what they should refuse. */
export const queries: Breaks = {
  'bends a limit': (store) => ({
    events: (query) => store.events({ ...query, limit: Math.min(Math.max(query.limit ?? 50, 1), 1000) }),
  }),
  'starts again where it cannot read a cursor': (store) => ({
    quarantined: ({ cursor: _, ...query }) => store.quarantined(query),
  }),
  'fails in its own way': (store) => ({
    suppressions: (query) =>
      store.suppressions(query).catch(() => {
        throw new Error('no')
      }),
  }),
}

/** Stores that tell of changes badly. */
export const audit: Breaks = {
  'keeps no trail': () => ({ audit: async () => ({ items: [] }) }),
  'lists oldest first': (store) => ({
    async audit(query) {
      const { items, ...page } = await store.audit(query)
      return { ...page, items: items.toReversed() }
    },
  }),
  'pages by offset': (store) => ({
    audit: (query) => byOffset((part: typeof query) => store.audit(part), query),
  }),
  'knows no address': without('audit', 'address'),
  'tells of every mark': (store) => ({
    record: (batch) =>
      store.record({
        ...batch,
        marks: batch.marks.flatMap((one) =>
          one.mark.kind === 'suppress'
            ? [{ key: one.key, mark: { kind: 'lift', at: one.mark.at + 1 } } as const, one]
            : [one],
        ),
      }),
  }),
  'does not say who': onRecord(({ marks }) => ({
    marks: marks.map((one) => ({ ...one, mark: { ...one.mark, actor: undefined } as never })),
  })),
  'does not say why': (store) => ({
    async audit(query) {
      const { items, ...page } = await store.audit(query)
      return { ...page, items: items.map(({ note: _, ...entry }) => entry) }
    },
  }),
  'does not say by which event': (store) => ({
    async audit(query) {
      const { items, ...page } = await store.audit(query)
      return { ...page, items: items.map(({ eventId: _, ...entry }) => entry) }
    },
  }),
  'tells one time for all': (store) => ({
    async audit(query) {
      const { items, ...page } = await store.audit(query)
      return { ...page, items: items.map((entry) => ({ ...entry, at: '2026-11-01T00:00:00.000Z' })) }
    },
  }),
  'tells only the end of a batch': (store) => ({
    async audit(query) {
      const { items, ...page } = await store.audit(query)
      const last = new Map(items.toReversed().map((entry) => [entry.address + entry.at, entry]))
      return { ...page, items: [...last.values()].toReversed() }
    },
  }),
}
