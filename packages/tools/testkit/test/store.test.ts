import { memoryStore, type Store } from '@bouncy/core'
import { describe, expect, it } from 'vitest'
import { runStoreCase } from '../src/store/case.ts'
import { storeCases } from '../src/store/cases.ts'
import { testStore } from '../src/store.ts'

testStore('memoryStore', memoryStore, {
  skip: { reopen: 'it forgets at exit', transactions: 'memory has none' },
})

describe('testStore', () => {
  it.each([
    ['a group that does not exist', { skip: { speed: 'it is slow' } }],
    ['a group without a reason', { skip: { reopen: ' ' } }],
  ])('refuses to skip %s', (_, options) => {
    expect(() => testStore('broken', memoryStore, options as never)).toThrow(
      /\[bouncy\/testkit\] skip\.(speed|reopen)/,
    )
  })

  it.each(['reopen', 'transactions'])('asks for %s, or for the reason why there is none', async (group) => {
    for (const one of storeCases.filter((some) => some.group === group)) {
      await expect(runStoreCase(one, memoryStore)).rejects.toThrow(`give ${group}, or skip`)
    }
  })

  it('asks for settleWith, or for the reason why there is none', async () => {
    const transactions = { write: async () => {}, read: async () => [] }
    for (const one of storeCases.filter(({ group }) => group === 'transactions')) {
      await expect(runStoreCase(one, memoryStore, { transactions })).rejects.toThrow(/no settleWith; skip/)
    }
  })

  it('closes the store of each case, also where the case fails', async () => {
    let closed = 0
    const counting = (): Store => ({
      ...memoryStore(),
      async close() {
        closed += 1
      },
    })
    const failing = {
      group: 'record',
      name: 'fails',
      run: () => Promise.reject(new Error('as it should')),
    } as const
    await expect(runStoreCase(failing, counting)).rejects.toThrow('as it should')
    expect(closed).toBe(1)
  })
})
