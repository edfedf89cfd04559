import type { Store } from '@bouncy/core'
import type { RecordBatch } from '@bouncy/core/store'

/** Takes something away from a store that keeps all promises. */
export type Break = (store: Store) => Partial<Store>

/** Broken stores by what is wrong with them. */
export type Breaks = Readonly<Record<string, Break>>

/** Later than anything that happens in a case. */
export const NEVER: number = Number.MAX_SAFE_INTEGER

/** The next turn of the event loop. */
export const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Changes each batch on its way in. */
export const onRecord =
  (change: (batch: RecordBatch) => Partial<RecordBatch>): Break =>
  (store) => ({ record: (batch) => store.record({ ...batch, ...change(batch) }) })

/** Changes the text of every event and payload on its way in. */
export const onJson = (change: (json: string) => unknown): Break =>
  onRecord(({ events, quarantined }) => ({
    events: events.map((one) => ({ ...one, event: change(JSON.stringify(one.event)) as never })),
    quarantined: quarantined.map((one) => change(JSON.stringify(one)) as never),
  }))
