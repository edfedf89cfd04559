import { memoryStore, type Store } from '@bouncy/core'
import type { TransactionProbe } from '@bouncy/testkit'

/** A store with transactions, and what was written through them. */
export interface Transacting {
  readonly store: Store
  readonly probe: TransactionProbe
}

type SettleWith = NonNullable<Store['settleWith']>

/** What a `settleWith` has to work with. */
interface Means {
  readonly store: Store
  /** Ids of claimed events. */
  readonly claimed: Set<string>
  /** What was committed. */
  readonly words: string[]
}

/** memoryStore with transactions that are lists of words. */
export function transactingStore(settleWith: (means: Means) => SettleWith = proper): Transacting {
  const store = memoryStore()
  const claimed = new Set<string>()
  const words: string[] = []
  return {
    store: {
      ...store,
      async record(batch) {
        const result = await store.record(batch)
        for (const { id, attempt } of result.events) if (attempt > 0) claimed.add(id)
        return result
      },
      async claim(query) {
        const given = await store.claim(query)
        for (const { event } of given) claimed.add(event.id)
        return given
      },
      async settle(outcomes) {
        for (const { id } of outcomes) claimed.delete(id)
        await store.settle(outcomes)
      },
      settleWith: settleWith({ store, claimed, words }),
    },
    probe: {
      async write(transaction, word) {
        ;(transaction as string[]).push(word)
      },
      read: async () => words,
    },
  }
}

const proper =
  ({ store, claimed, words }: Means): SettleWith =>
  async (id, work) => {
    const written: string[] = []
    await work(written)
    if (!claimed.delete(id)) throw new Error('nobody has claimed it')
    words.push(...written)
    await store.settle([{ id, outcome: 'settled' }])
  }

/** Transactions that are none. */
export const transactions: Readonly<Record<string, (means: Means) => SettleWith>> = {
  'writes at once': (means) => (id, work) => proper(means)(id, () => work(means.words)),
  'does not settle':
    ({ words }) =>
    async (_, work) => {
      const written: string[] = []
      await work(written)
      words.push(...written)
    },
  'settles what nobody has claimed': (means) => (id, work) => {
    means.claimed.add(id)
    return proper(means)(id, work)
  },
  'settles before the work is done': (means) => async (id, work) => {
    const written: string[] = []
    await means.store.settle([{ id, outcome: 'settled' }])
    await work(written)
    if (!means.claimed.delete(id)) throw new Error('nobody has claimed it')
    means.words.push(...written)
  },
  'keeps quiet about work that fails': (means) => (id, work) => proper(means)(id, work).catch(() => {}),
  'fails in its own way': (means) => (id, work) =>
    proper(means)(id, work).catch(() => {
      throw new Error('no')
    }),
  'ends the claim of work that fails': (means) => async (id, work) => {
    try {
      await proper(means)(id, work)
    } catch (error) {
      await means.store.settle([{ id, outcome: 'failed' }])
      throw error
    }
  },
  'keeps what was written last': (means) => async (id, work) => {
    await proper(means)(id, work)
    means.words.splice(0, means.words.length - 1)
  },
}
