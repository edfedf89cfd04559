import type { RecordBatch } from '@bouncy/core/store'
import { type Breaks, NEVER, onRecord, soon } from './break.ts'

/** Stores that are wrong about what was there. */
export const record: Breaks = {
  'calls every event new': (store) => ({
    async record(batch) {
      const { events, tokenReused } = await store.record(batch)
      return { events: events.map((one) => ({ ...one, state: 'new', attempt: 1 })), tokenReused }
    },
  }),
  'answers in an order of its own': (store) => ({
    record: async (batch) => {
      const { events, tokenReused } = await store.record(batch)
      return { events: events.toReversed(), tokenReused }
    },
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
      const { events, tokenReused } = await store.record(batch)
      return { events: events.map((one) => ({ ...one, attempt: Math.min(one.attempt, 1) })), tokenReused }
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
      const { events, tokenReused } = await store.record({ ...batch, events: batch.events.slice(0, 500) })
      return {
        tokenReused,
        events: batch.events.map(
          (one, index) => events[index] ?? { id: one.event.id, state: 'new', attempt: 0 },
        ),
      }
    },
  }),
}

/** Stores that are right as long as nobody else asks. */
export const concurrency: Breaks = {
  'looks first and inserts later': (store) => ({
    async record(batch) {
      const known = new Set((await store.events({ limit: 1000 })).items.map((event) => event.id))
      await soon()
      const { events, tokenReused } = await store.record(batch)
      return {
        tokenReused,
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
}

/** Stores that keep half a batch. */
export const atomicity: Breaks = {
  'stores what it can of a batch': (store) => ({
    async record(batch) {
      const events = []
      for (const one of batch.events) {
        const marks = batch.marks.filter((mark) => mark.eventId === one.event.id)
        events.push(...(await store.record({ ...batch, events: [one], marks, quarantined: [] })).events)
      }
      const marks = batch.marks.filter((mark) => mark.eventId === undefined)
      await store.record({ ...batch, events: [], marks })
      return { events, tokenReused: false }
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
}

/** Stores that let a token do what it must not, or keep it from what it may. */
export const tokens: Breaks = {
  'lets a token be spent on any body': onRecord(() => ({ tokens: [] })),
  'refuses a token that comes again': (store) => {
    const spent = new Set<string>()
    return {
      async record(batch) {
        if (batch.tokens.some(({ id }) => spent.has(id))) return { events: [], tokenReused: true }
        for (const { id } of batch.tokens) spent.add(id)
        return store.record(batch)
      },
    }
  },
  'stores what it refuses': (store) => ({
    async record(batch) {
      const { tokenReused } = await store.record({ ...batch, events: [], marks: [], quarantined: [] })
      const { events } = await store.record({ ...batch, tokens: [] })
      return { events: tokenReused ? [] : events, tokenReused }
    },
  }),
  'spends the tokens of what it refuses': (store) => ({
    async record(batch) {
      let reused = false
      for (const token of batch.tokens) {
        const result = await store.record({
          ...batch,
          events: [],
          marks: [],
          quarantined: [],
          tokens: [token],
        })
        reused ||= result.tokenReused
      }
      return reused ? { events: [], tokenReused: true } : store.record(batch)
    },
  }),
  'refuses all that came together for one of them': (store) => {
    let together: RecordBatch[] = []
    return {
      async record(batch) {
        together.push(batch)
        const mine = together
        await soon()
        together = []
        const bindings = Map.groupBy(
          mine.flatMap((one) => one.tokens),
          (token) => token.id,
        )
        const clash = [...bindings.values()].some((some) => new Set(some.map((one) => one.binding)).size > 1)
        return clash ? { events: [], tokenReused: true } : store.record(batch)
      },
    }
  },
  'looks first and spends later': (store) => {
    const spent = new Map<string, string>()
    return {
      async record(batch) {
        if (batch.tokens.some(({ id, binding }) => (spent.get(id) ?? binding) !== binding))
          return { events: [], tokenReused: true }
        await soon()
        for (const { id, binding } of batch.tokens) spent.set(id, binding)
        return store.record({ ...batch, tokens: [] })
      },
    }
  },
  'folds the case of tokens': onRecord((batch) => ({
    tokens: batch.tokens.map((token) => ({ ...token, id: token.id.toLowerCase() })),
  })),
  'remembers a token for as long as it was asked to first': (store) => {
    const first = new Map<string, number>()
    return onRecord((batch) => ({
      tokens: batch.tokens.map((token) => {
        const until = first.get(token.id) ?? token.until
        first.set(token.id, until)
        return { ...token, until }
      }),
    }))(store)
  },
}
