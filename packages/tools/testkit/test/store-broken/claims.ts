import { type Breaks, NEVER, soon } from './break.ts'

/** Stores that give out what they should not. */
export const claims: Breaks = {
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
}

/** Stores that try again when they should not, or never. */
export const retries: Breaks = {
  'gives out what is not due': (store) => ({
    claim: (query) => store.claim({ ...query, dueBy: NEVER }),
  }),
  'lets nobody have what is not due': (store) => ({
    claim: (query) => store.claim({ ...query, dueBy: Math.min(query.dueBy, query.now) }),
  }),
  'holds redeliveries back': (store) => {
    const due = new Map<string, number>()
    return {
      settle(outcomes) {
        for (const { id, retryAt = 0 } of outcomes) due.set(id, retryAt)
        return store.settle(outcomes)
      },
      async record(batch) {
        const early = batch.events.filter(({ event }) => (due.get(event.id) ?? 0) > batch.now)
        if (early.length === 0) return store.record(batch)
        return {
          events: early.map(({ event: { id } }) => ({ id, state: 'busy', attempt: 0 })),
          tokenReused: false,
        }
      },
    }
  },
  'keeps the first time of a retry': (store) => {
    const first = new Map<string, number>()
    return {
      settle: (outcomes) =>
        store.settle(
          outcomes.map((one) => {
            const retryAt = first.get(one.id) ?? one.retryAt
            if (retryAt === undefined) return one
            first.set(one.id, retryAt)
            return { ...one, retryAt }
          }),
        ),
    }
  },
  'gives out what is due first': (store) => ({
    async claim({ limit, ...query }) {
      const all = (await store.claim({ ...query, limit: 1000 })).toReversed()
      await store.settle(all.slice(limit).map(({ event }) => ({ id: event.id, outcome: 'failed' })))
      return all.slice(0, limit)
    },
  }),
  'tries the dead again': (store) => ({
    settle: (outcomes) =>
      store.settle(outcomes.map((one) => (one.outcome === 'dead' ? { ...one, outcome: 'failed' } : one))),
  }),
  'takes the dead for settled': (store) => ({
    settle: (outcomes) =>
      store.settle(outcomes.map((one) => (one.outcome === 'dead' ? { ...one, outcome: 'settled' } : one))),
  }),
  'cannot revive': (store) => ({
    settle: (outcomes) => store.settle(outcomes.filter((one) => one.outcome !== 'revived')),
  }),
  'revives what is claimed': (store) => ({
    settle: (outcomes) =>
      store.settle(
        outcomes.flatMap((one) =>
          one.outcome === 'revived' ? [{ ...one, outcome: 'failed' as const }, one] : [one],
        ),
      ),
  }),
  'remembers the attempts of what is revived': (store) => ({
    settle: (outcomes) =>
      store.settle(outcomes.map((one) => (one.outcome === 'revived' ? { ...one, outcome: 'failed' } : one))),
  }),
  'takes outcomes in an order of its own': (store) => ({
    settle: (outcomes) => store.settle(outcomes.toReversed()),
  }),
  'lists every state as one': (store) => ({
    events: ({ state: _, ...query }) => store.events(query),
  }),
  'lists the dead as unsettled': (store) => ({
    async events({ state, ...query }) {
      if (state !== 'unsettled') return store.events(state === undefined ? query : { ...query, state })
      const { items } = await store.events({ ...query, limit: 1000 })
      const settled = new Set((await store.events({ ...query, limit: 1000, state: 'settled' })).items)
      return { items: items.filter((event) => !settled.has(event)) }
    },
  }),
}
