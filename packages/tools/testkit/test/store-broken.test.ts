import { memoryStore, type Store } from '@bouncy/core'
import { describe, expect, it } from 'vitest'
import { failures } from '../src/case.ts'
import { runStoreCase, type StoreGroup, type StoreParts } from '../src/store/case.ts'
import { storeCases } from '../src/store/cases.ts'
import type { Breaks } from './store-broken/break.ts'
import { claims, retries } from './store-broken/claims.ts'
import { close } from './store-broken/close.ts'
import { erase, prune } from './store-broken/custody.ts'
import { audit, events, quarantine, queries, suppressions } from './store-broken/lists.ts'
import { marks } from './store-broken/marks.ts'
import { atomicity, concurrency, record, tokens } from './store-broken/record.ts'
import { text } from './store-broken/text.ts'
import { type Transacting, transactingStore, transactions } from './store-broken/transactions.ts'

/** What a kit of these groups finds wrong. */
function found(
  make: () => Store,
  groups: readonly StoreGroup[] | undefined,
  parts: StoreParts = { reopen: make },
): Promise<readonly string[]> {
  return failures(
    storeCases
      .filter((one) => groups === undefined || groups.includes(one.group))
      .map((one) => ({ group: one.group, name: one.name, run: () => runStoreCase(one, make, parts) })),
  )
}

const BROKEN: Readonly<Partial<Record<StoreGroup, Breaks>>> = {
  record,
  tokens,
  claims,
  retries,
  marks,
  concurrency,
  atomicity,
  suppressions,
  events,
  quarantine,
  audit,
  prune,
  erase,
  text,
  queries,
  close,
}

/** A store with transactions that is made anew for each case, and writes down what happens in it. */
function transacting(make: () => Transacting): { readonly make: () => Store; readonly parts: StoreParts } {
  let current = make()
  return {
    make: () => {
      current = make()
      return current.store
    },
    parts: {
      reopen: () => current.store,
      transactions: {
        write: (transaction, word) => current.probe.write(transaction, word),
        read: () => current.probe.read(),
      },
    },
  }
}

describe('testStore finds out a store that', () => {
  for (const [group, stores] of Object.entries(BROKEN) as [StoreGroup, Breaks][]) {
    it.each(Object.entries(stores))(`${group}: %s`, async (_, brokenBy) => {
      const make = (): Store => {
        const store = memoryStore()
        return { ...store, ...brokenBy(store) }
      }
      expect(await found(make, [group])).not.toEqual([])
    })
  }

  it.each(Object.entries(transactions))('transactions: %s', async (_, brokenBy) => {
    const { make, parts } = transacting(() => transactingStore(brokenBy))
    expect(await found(make, ['transactions'], parts)).not.toEqual([])
  })

  it('reopen: forgets', async () => {
    expect(await found(memoryStore, ['reopen'])).toHaveLength(6)
  })

  it('reopen: has what only waited to be written', async () => {
    let kept = memoryStore()
    const make = (): Store => {
      kept = memoryStore()
      return { ...kept, settle: async () => {} }
    }
    expect(await found(make, ['reopen'], { reopen: () => kept })).not.toEqual([])
  })
})

describe('testStore has nothing to say against a store that', () => {
  it('keeps every promise', async () => {
    const { make, parts } = transacting(transactingStore)
    expect(await found(make, undefined, parts)).toEqual([])
  })
})
