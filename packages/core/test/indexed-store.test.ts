import { type Change, indexedStore, type Keeper, type Store } from '@bouncy/core/store'
import { testStore } from '@bouncy/testkit'
import { describe, expect, it } from 'vitest'

const KIM = 'kim@example.com'
const NOW = Date.parse('2026-11-22T12:00:00Z')

/** A keeper in memory that can be told to fail, or to wait. */
function keeperOver(kept: Map<string, string>, before: () => unknown = () => {}): Keeper {
  return {
    load: () => [...kept].map(([key, value]) => ({ key, value })),
    async keep(changes: readonly Change[]) {
      await before()
      for (const { key, value } of changes) {
        if (value === undefined) kept.delete(key)
        else kept.set(key, value)
      }
    },
    close: async () => {},
  }
}

const suppress = (store: Store, key = KIM, actor = 'max'): Promise<unknown> =>
  store.record({
    now: NOW,
    leaseUntil: NOW,
    events: [],
    marks: [{ key, mark: { kind: 'suppress', at: NOW, id: 'by-hand', reason: 'manual', actor } }],
    quarantined: [],
    tokens: [],
  })
const addresses = async (store: Store): Promise<readonly string[]> =>
  (await store.suppressions({ now: NOW })).items.map(({ address }) => address)

let kept = new Map<string, string>()
testStore(
  'indexedStore',
  () => {
    kept = new Map()
    return indexedStore(keeperOver(kept))
  },
  { reopen: () => indexedStore(keeperOver(kept)), skip: { transactions: 'this keeper has none' } },
)

describe('indexedStore', () => {
  it('keeps nothing of a step that its keeper could not keep, and goes on', async () => {
    let full = false
    const files = new Map<string, string>()
    const store = indexedStore(
      keeperOver(files, () => {
        if (full) throw new Error('the disk is full')
      }),
    )
    await suppress(store)
    full = true
    await expect(suppress(store, 'ann@example.org')).rejects.toThrow('the disk is full')
    await expect(store.prune({ ...never, auditBefore: NOW + 1 })).rejects.toThrow('the disk is full')
    expect(await addresses(store)).toEqual([KIM])
    expect((await store.audit({})).items).toHaveLength(1)
    full = false
    await suppress(store, 'ann@example.org')
    expect(await addresses(store)).toEqual(['ann@example.org', KIM])
    const again = indexedStore(keeperOver(files))
    expect(await addresses(again)).toEqual(['ann@example.org', KIM])
    expect((await again.audit({})).items).toEqual((await store.audit({})).items)
  })

  it('shows nothing before it is kept, and has kept everything when it is closed', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const store = indexedStore(keeperOver(new Map(), () => promise))
    const told: string[] = []
    const steps = [
      suppress(store).then(() => told.push('kept')),
      addresses(store).then((list) => told.push(`shown ${list}`)),
      store.close().then(() => told.push('closed')),
    ]
    await new Promise(setImmediate)
    expect(told).toEqual([])
    resolve()
    await Promise.all(steps)
    expect(told).toEqual(['kept', `shown ${KIM}`, 'closed'])
    await expect(addresses(store)).rejects.toThrow('[bouncy/core] close() was called')
  })

  it('loads again where loading failed', async () => {
    const keeper = keeperOver(new Map())
    let broken = true
    const load: Keeper['load'] = () => {
      if (broken) throw new Error('not there')
      return []
    }
    const store = indexedStore({ ...keeper, load })
    await expect(suppress(store)).rejects.toThrow('not there')
    broken = false
    await suppress(store)
    expect(await addresses(store)).toEqual([KIM])
  })

  it('asks the keeper to purge after an erasure, and not before it is kept', async () => {
    const files = new Map<string, string>()
    const seen: boolean[] = []
    const purge = async (): Promise<void> => {
      seen.push([...files].some(([key, value]) => `${key}${value}`.includes(KIM)))
    }
    const store = indexedStore({ ...keeperOver(files), purge })
    await suppress(store)
    const same = <T>(event: T): T => event
    await store.erase({ key: KIM, spellings: [KIM], tombstone: 'erased:1', anonymise: same, redact: same })
    expect(await addresses(store)).toEqual(['erased:1'])
    expect(seen).toEqual([false])
  })

  it('keeps no address that is erased as the one who said something', async () => {
    const files = new Map<string, string>()
    const store = indexedStore(keeperOver(files))
    await suppress(store, KIM, KIM)
    await suppress(store, 'ann@example.org', `Kim <${KIM}>`)
    const same = <T>(event: T): T => event
    await store.erase({ key: KIM, spellings: [KIM], tombstone: 'erased:1', anonymise: same, redact: same })
    expect(JSON.stringify([...files])).not.toContain(KIM)
    expect(JSON.stringify([...files]).split('\\"actor\\":\\"erased:1\\"')).toHaveLength(5)
  })
})

const never = {
  now: NOW,
  rawBefore: 0,
  eventsBefore: 0,
  quarantinedBefore: 0,
  addressesBefore: 0,
  auditBefore: 0,
  redact: <T>(event: T): T => event,
}
