import type { MailEvent } from '@bouncy/core'
import type { PruneLimits } from '@bouncy/core/store'
import { type Break, type Breaks, NEVER, onRecord } from './break.ts'

/** Changes the limits of each pruning. */
const onPrune =
  (change: (limits: PruneLimits) => Partial<PruneLimits>): Break =>
  (store) => ({ prune: (limits) => store.prune({ ...limits, ...change(limits) }) })

const ABSOLUTES = [
  'rawBefore',
  'eventsBefore',
  'quarantinedBefore',
  'addressesBefore',
  'auditBefore',
] as const

/** Stores that keep too long, or not long enough. */
export const prune: Breaks = {
  ...Object.fromEntries(ABSOLUTES.map((limit) => [`knows no ${limit}`, onPrune(() => ({ [limit]: 0 }))])),
  ...Object.fromEntries(
    ABSOLUTES.map((limit) => [
      `takes ${limit} for the last to go`,
      onPrune((limits) => ({ [limit]: limits[limit] + 1 })),
    ]),
  ),
  'remembers tokens for ever': onPrune(() => ({ now: 0 })),
  'forgets tokens at once': onPrune(() => ({ now: NEVER })),
  'redacts what it redacted before': (store) => ({
    async prune(limits) {
      const { items } = await store.events({ limit: 1000 })
      const report = await store.prune(limits)
      const old = items.filter(({ timestamp }) => Date.parse(timestamp) < limits.rawBefore)
      return { ...report, redacted: old.length }
    },
  }),
  'redacts nothing, but says so': onPrune(() => ({ redact: (event: MailEvent) => event })),
  'deletes what is not settled': (store) => ({
    async prune(limits) {
      const open = await store.events({ state: 'unsettled', limit: 1000 })
      if (limits.eventsBefore > 0)
        await store.settle(open.items.map(({ id }) => ({ id, outcome: 'settled' })))
      return store.prune(limits)
    },
  }),
  'deletes what is dead': (store) => ({
    async prune(limits) {
      const dead = await store.events({ state: 'dead', limit: 1000 })
      await store.settle(dead.items.map(({ id }) => ({ id, outcome: 'settled' })))
      return store.prune(limits)
    },
  }),
  'goes by the time of the provider': (store) => ({
    record: (batch) =>
      store.record({ ...batch, now: Date.parse(batch.events[0]?.event.timestamp ?? '') || batch.now }),
  }),
  'frees what is held': (store) => ({
    async prune(limits) {
      const open = await store.events({ state: 'unsettled', limit: 1000 })
      await store.settle(open.items.map(({ id }) => ({ id, outcome: 'failed' })))
      return store.prune(limits)
    },
  }),
  'counts in its own way': (store) => ({
    async prune(limits) {
      const report = await store.prune(limits)
      return { ...report, events: Math.min(report.events, 1000), redacted: Math.min(report.redacted, 1000) }
    },
  }),
  'deletes a hundred at the most': (store) => {
    let left = 100
    return {
      async prune(limits) {
        const { items } = await store.events({ state: 'settled', limit: 1000 })
        left -= items.length
        return left < 0 ? store.prune({ ...limits, eventsBefore: 0, rawBefore: 0 }) : store.prune(limits)
      },
    }
  },
}

/** Stores that do not forget, or forget too much. */
export const erase: Breaks = {
  'forgets nothing': () => ({ erase: async () => {} }),
  'leaves the events of the address': (store) => ({
    erase: (erasure) => store.erase({ ...erasure, anonymise: (event) => event }),
  }),
  'leaves what names the address in the events of others': (store) => ({
    erase: (erasure) => store.erase({ ...erasure, redact: (event) => event }),
  }),
  'redacts every event': (store) => ({
    erase: (erasure) => store.erase({ ...erasure, spellings: [''] }),
  }),
  'compares with case': (store) => {
    const cased = new Set<string>()
    return {
      record(batch) {
        for (const { event } of batch.events) {
          if (JSON.stringify(event) !== JSON.stringify(event).toLowerCase()) cased.add(event.id)
        }
        return store.record(batch)
      },
      erase: (erasure) =>
        store.erase({ ...erasure, redact: (event) => (cased.has(event.id) ? event : erasure.redact(event)) }),
    }
  },
  'knows one spelling': (store) => ({
    erase: (erasure) => store.erase({ ...erasure, spellings: erasure.spellings.slice(0, 1) }),
  }),
  'takes a spelling for a pattern': (store) => ({
    async erase(erasure) {
      for (const letter of ['x', ' ', '\\']) {
        const spellings = erasure.spellings.map((one) => one.replace(/[_%]/, letter))
        await store.erase({ ...erasure, spellings })
      }
      await store.erase(erasure)
    },
  }),
  'finds no letters beyond ASCII': (store) => ({
    erase: (erasure) =>
      store.erase({ ...erasure, spellings: erasure.spellings.filter((one) => /^[ -~]*$/.test(one)) }),
  }),
  'forgets that the address is suppressed': (store) => ({
    async erase(erasure) {
      await store.erase(erasure)
      await store.record({
        now: 0,
        leaseUntil: 0,
        events: [],
        marks: [{ key: erasure.tombstone, mark: { kind: 'lift', at: NEVER, actor: 'nobody' } }],
        quarantined: [],
        tokens: [],
      })
    },
  }),
  'keeps it suppressed by its name': (store) => ({
    erase: (erasure) => store.erase({ ...erasure, tombstone: erasure.key }),
  }),
  'keeps the notes': (store) => {
    const notes = new Map<string, string>()
    return {
      record(batch) {
        for (const { mark } of batch.marks) {
          if ('note' in mark && mark.note !== undefined && 'id' in mark) notes.set(mark.id, mark.note)
        }
        return store.record(batch)
      },
      async findSuppressions(keys) {
        return (await store.findSuppressions(keys)).map((one) => {
          const note = notes.get(one.eventId ?? '')
          return note === undefined ? one : { ...one, note }
        })
      },
    }
  },
  'takes the notes of everybody': (store) => {
    let erased = false
    return {
      erase(erasure) {
        erased = true
        return store.erase(erasure)
      },
      async findSuppressions(keys) {
        const found = await store.findSuppressions(keys)
        return erased ? found.map(({ note: _, ...one }) => one) : found
      },
    }
  },
  'keeps who said it': (store) => {
    const actors: (string | undefined)[] = []
    return {
      record(batch) {
        for (const { mark } of batch.marks) actors.unshift('actor' in mark ? mark.actor : undefined)
        return store.record(batch)
      },
      async audit(query) {
        const { items, ...rest } = await store.audit(query)
        const kept = (index: number) => (actors[index] === undefined ? {} : { actor: actors[index] })
        return { ...rest, items: items.map((entry, index) => ({ ...entry, ...kept(index) })) }
      },
    }
  },
  'leaves the quarantine': (store) => {
    const kept = new Map<string, unknown>()
    return {
      record(batch) {
        for (const one of batch.quarantined) kept.set(one.id, one)
        return store.record(batch)
      },
      quarantined: async () => ({ items: [...kept.values()] as never }),
    }
  },
  'empties the quarantine': (store) => {
    let erased = false
    return {
      erase(erasure) {
        erased = true
        return store.erase(erasure)
      },
      quarantined: async (query) => (erased ? { items: [] } : store.quarantined(query)),
    }
  },
  'writes over what it forgot before': (store) => {
    const marks = new Map<string, number>()
    return {
      async erase(erasure) {
        const before = marks.get(erasure.tombstone)
        marks.set(erasure.tombstone, NEVER)
        if (before !== undefined) {
          await store.record({
            now: 0,
            leaseUntil: 0,
            events: [],
            marks: [{ key: erasure.tombstone, mark: { kind: 'lift', at: NEVER / 2 } }],
            quarantined: [],
            tokens: [],
          })
        }
        await store.erase(erasure)
      },
    }
  },
  'moves suppressions, and not what is known besides': onRecord(({ marks }) => ({
    marks: marks.filter(({ mark }) => mark.kind !== 'strike'),
  })),
  'forgets that it knew the events': (store) => {
    const forgotten = new Set<string>()
    return {
      async erase(erasure) {
        for (const { id } of (await store.events({ key: erasure.key })).items) forgotten.add(id)
        await store.erase(erasure)
      },
      async record(batch) {
        const { events, tokenReused } = await store.record(batch)
        return {
          events: events.map((one) => (forgotten.has(one.id) ? { ...one, state: 'new', attempt: 1 } : one)),
          tokenReused,
        }
      },
    }
  },
}
