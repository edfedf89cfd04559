import { memoryStore, type Store } from '@bouncy/core'
import { decodeCursor, encodeCursor, type Page, type PageQuery, type RecordBatch } from '@bouncy/core/store'
import { describe, expect, it } from 'vitest'
import { failures } from '../src/case.ts'
import { runStoreCase, type StoreGroup } from '../src/store/case.ts'
import { storeCases } from '../src/store/cases.ts'

/** Later than anything that happens in a case. */
const NEVER = Number.MAX_SAFE_INTEGER

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What a kit of this group finds wrong. */
function found(
  make: () => Store,
  { group, reopen = make }: { readonly group?: StoreGroup; readonly reopen?: () => Store } = {},
): Promise<readonly string[]> {
  return failures(
    storeCases
      .filter((one) => group === undefined || one.group === group)
      .map((one) => ({
        group: one.group,
        name: one.name,
        run: () => runStoreCase(one, make, reopen),
      })),
  )
}

type Break = (store: Store) => Partial<Store>

/** Changes each batch on its way in. */
const onRecord =
  (change: (batch: RecordBatch) => Partial<RecordBatch>): Break =>
  (store) => ({ record: (batch) => store.record({ ...batch, ...change(batch) }) })

/** Changes the text of every event and payload on its way in. */
const onJson = (change: (json: string) => unknown): Break =>
  onRecord(({ events, quarantined }) => ({
    events: events.map((one) => ({ ...one, event: change(JSON.stringify(one.event)) as never })),
    quarantined: quarantined.map((one) => change(JSON.stringify(one)) as never),
  }))

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
  (listing: 'events' | 'suppressions', filter: string): Break =>
  (store) => ({
    [listing]: ({ [filter]: _, ...query }: Record<string, unknown>) => store[listing](query as never),
  })

const BROKEN: Readonly<Partial<Record<StoreGroup, Readonly<Record<string, Break>>>>> = {
  record: {
    'calls every event new': (store) => ({
      async record(batch) {
        const { events } = await store.record(batch)
        return { events: events.map((one) => ({ ...one, state: 'new', attempt: 1 })) }
      },
    }),
    'answers in an order of its own': (store) => ({
      record: async (batch) => ({ events: (await store.record(batch)).events.toReversed() }),
    }),
    'keeps what came last': (store) => {
      const last = new Map<string, unknown>()
      return {
        record(batch) {
          for (const { event } of batch.events) last.set(event.id, event)
          return store.record(batch)
        },
        async events(query) {
          const { items, ...page } = await store.events(query)
          return { ...page, items: items.map((event) => last.get(event.id) as never) }
        },
      }
    },
    'waits for handlers that nobody registered': onRecord(({ events }) => ({
      events: events.map((one) => ({ ...one, settled: false })),
    })),
    'takes an event from whoever holds it': onRecord(() => ({ now: NEVER })),
    'holds on to an event after its lease': onRecord(() => ({ leaseUntil: NEVER })),
    'does not count attempts': (store) => ({
      async record(batch) {
        const { events } = await store.record(batch)
        return { events: events.map((one) => ({ ...one, attempt: Math.min(one.attempt, 1) })) }
      },
    }),
    'forgets that an event is settled': (store) => ({
      settle: (outcomes) => store.settle(outcomes.map((one) => ({ ...one, outcome: 'failed' }))),
    }),
    'keeps the claim of a failed event': (store) => ({
      settle: (outcomes) => store.settle(outcomes.filter((one) => one.outcome === 'settled')),
    }),
    'has room for 500 events in a statement': (store) => ({
      async record(batch) {
        const { events } = await store.record({ ...batch, events: batch.events.slice(0, 500) })
        return {
          events: batch.events.map(
            (one, index) => events[index] ?? { id: one.event.id, state: 'new', attempt: 0 },
          ),
        }
      },
    }),
  },
  claims: {
    'gives out what somebody holds': (store) => ({
      claim: (query) => store.claim({ ...query, now: NEVER }),
    }),
    'gives out newest first': (store) => ({
      async claim({ limit, ...query }) {
        const all = (await store.claim({ ...query, limit: 1000 })).toReversed()
        await store.settle(all.slice(limit).map(({ event }) => ({ id: event.id, outcome: 'failed' })))
        return all.slice(0, limit)
      },
    }),
    'gives out one too many': (store) => ({
      claim: (query) => store.claim({ ...query, limit: query.limit + 1 }),
    }),
    'looks first and claims later': (store) => ({
      async claim(query) {
        const free = await store.claim(query)
        await store.settle(free.map(({ event }) => ({ id: event.id, outcome: 'failed' })))
        await soon()
        await store.claim(query)
        return free
      },
    }),
  },
  marks: {
    'applies the marks of events that were there': onRecord(({ marks }) => ({
      marks: marks.map(({ key, mark }) => ({ key, mark })),
    })),
    'drops marks without an event': onRecord(({ marks }) => ({
      marks: marks.filter((one) => one.eventId !== undefined),
    })),
    'keeps only what suppresses': onRecord(({ marks }) => ({
      marks: marks.filter((one) => one.mark.kind === 'suppress'),
    })),
    'has no room for notes': onRecord(({ marks }) => ({
      marks: marks.map((one) => ({ ...one, mark: { ...one.mark, note: undefined } as never })),
    })),
  },
  concurrency: {
    'looks first and inserts later': (store) => ({
      async record(batch) {
        const known = new Set((await store.events({ limit: 1000 })).items.map((event) => event.id))
        await soon()
        const { events } = await store.record(batch)
        return {
          events: events.map((one) => (known.has(one.id) ? one : { ...one, state: 'new', attempt: 1 })),
        }
      },
    }),
    'loses marks when two write at once': (store) => {
      let writing = 0
      return {
        async record(batch) {
          writing += 1
          const alone = writing === 1
          await soon()
          writing -= 1
          return store.record(alone ? batch : { ...batch, marks: [] })
        },
      }
    },
  },
  atomicity: {
    'stores what it can of a batch': (store) => ({
      async record(batch) {
        const events = []
        for (const one of batch.events) {
          const marks = batch.marks.filter((mark) => mark.eventId === one.event.id)
          events.push(...(await store.record({ ...batch, events: [one], marks, quarantined: [] })).events)
        }
        const marks = batch.marks.filter((mark) => mark.eventId === undefined)
        await store.record({ ...batch, events: [], marks })
        return { events }
      },
    }),
    'quarantines apart from the rest': (store) => ({
      async record(batch) {
        const result = await store.record({ ...batch, quarantined: [] })
        await store.record({ ...batch, events: [], marks: [] })
        return result
      },
    }),
    'fails all that came together for one of them': (store) => {
      let together: RecordBatch[] = []
      return {
        async record(batch) {
          together.push(batch)
          const mine = together
          await soon()
          together = []
          structuredClone(mine)
          return store.record(batch)
        },
      }
    },
  },
  suppressions: {
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
  },
  events: {
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
  },
  quarantine: {
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
  },
  text: {
    'ends texts at NUL': onJson((json) => JSON.parse(json.replaceAll(/\\u0000[^"\\]*/g, ''))),
    'assigns what it reads': onJson((json) =>
      JSON.parse(json, (_, value: unknown) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? Object.entries(value).reduce<Record<string, unknown>>((copy, [name, part]) => {
              copy[name] = part
              return copy
            }, {})
          : value,
      ),
    ),
    'composes what is decomposed': onJson((json) => JSON.parse(json.normalize('NFC'))),
    'has three bytes for a character': onJson((json) =>
      JSON.parse(json.replaceAll(/[\u{10000}-\u{10ffff}]/gu, '?')),
    ),
    'parses a payload that looks like JSON': onRecord(({ events }) => ({
      events: events.map((one) => {
        const { raw } = one.event
        const looks = typeof raw === 'string' && raw.startsWith('{')
        return looks ? { ...one, event: { ...one.event, raw: JSON.parse(raw) } } : one
      }),
    })),
    'folds the case of ids': onRecord(({ events }) => ({
      events: events.map((one) => ({ ...one, event: { ...one.event, id: one.event.id.toLowerCase() } })),
    })),
    'looks at 255 characters': (store) => ({
      async events({ messageId, ...query }) {
        const page = await store.events(query)
        if (messageId === undefined) return page
        const start = messageId.slice(0, 255)
        return { items: page.items.filter((event) => event.messageId?.slice(0, 255) === start) }
      },
    }),
    'does not see spaces at the end': onRecord(({ marks }) => ({
      marks: marks.map((one) => ({ ...one, key: one.key.replaceAll(' @', '@') })),
    })),
  },
  queries: {
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
  },
  close: {
    'drops what it was asked before': (store) => {
      let closed = false
      return {
        async record(batch) {
          await soon()
          if (closed) throw new Error('closed')
          return store.record(batch)
        },
        async close() {
          closed = true
        },
      }
    },
    'cannot be closed twice': () => {
      let closed = false
      return {
        async close() {
          if (closed) throw new Error('closed')
          closed = true
        },
      }
    },
  },
}

describe('testStore finds out a store that', () => {
  for (const [group, stores] of Object.entries(BROKEN) as [StoreGroup, Readonly<Record<string, Break>>][]) {
    it.each(Object.entries(stores))(`${group}: %s`, async (_, brokenBy) => {
      const make = (): Store => {
        const store = memoryStore()
        return { ...store, ...brokenBy(store) }
      }
      expect(await found(make, { group })).not.toEqual([])
    })
  }

  it('reopen: forgets', async () => {
    expect(await found(memoryStore, { group: 'reopen', reopen: memoryStore })).toHaveLength(4)
  })

  it('reopen: has what only waited to be written', async () => {
    let kept = memoryStore()
    const make = (): Store => {
      kept = memoryStore()
      return { ...kept, settle: async () => {} }
    }
    expect(await found(make, { group: 'reopen', reopen: () => kept })).not.toEqual([])
  })
})

describe('testStore has nothing to say against a store that', () => {
  it('keeps every promise', async () => {
    let kept = memoryStore()
    const make = (): Store => {
      kept = memoryStore()
      return kept
    }
    expect(await found(make, { reopen: () => kept })).toEqual([])
  })
})
