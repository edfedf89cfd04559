import { setTimeout } from 'node:timers/promises'
import type { Store } from '@bouncy/core/store'

/** Faults that are built in on purpose, to show that they are found. */
export const SABOTAGES = ['ack-early', 'synchronous-off', 'synchronous-normal'] as const

/** One of them. */
export type Sabotage = (typeof SABOTAGES)[number]

/** What SQLite is told in place of FULL. */
export function synchronousOf(sabotage: Sabotage | undefined): string | undefined {
  return sabotage?.startsWith('synchronous-') ? sabotage.slice('synchronous-'.length) : undefined
}

/** How long after its answer the store gets round to its commit, in milliseconds. */
const LATE_MS = 30

/** A store that says that things are stored, and only then stores them. */
export function ackingEarly(store: Store): Store {
  const { settleWith: _, ...rest } = store
  return {
    ...rest,
    async record(batch) {
      const settled = { ...batch, events: batch.events.map((event) => ({ ...event, settled: true })) }
      void setTimeout(LATE_MS).then(() => store.record(settled))
      return {
        events: batch.events.map(({ event }) => ({ id: event.id, state: 'new', attempt: 1 })),
        tokenReused: false,
      }
    },
    settle: async () => {},
  }
}
