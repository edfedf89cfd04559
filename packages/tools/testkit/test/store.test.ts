import { memoryStore, type Store } from '@bouncy/core'
import { describe, expect, it } from 'vitest'
import { runStoreCase } from '../src/store/case.ts'
import { storeCases } from '../src/store/cases.ts'
import { testStore } from '../src/store.ts'

testStore('memoryStore', memoryStore, { skip: { reopen: 'it forgets at exit' } })

describe('testStore', () => {
  it.each([
    ['a group that does not exist', { skip: { speed: 'it is slow' } }],
    ['a group without a reason', { skip: { reopen: ' ' } }],
  ])('refuses to skip %s', (_, options) => {
    expect(() => testStore('broken', memoryStore, options as never)).toThrow(
      /\[bouncy\/testkit\] skip\.(speed|reopen)/,
    )
  })

  it('asks for reopen, or for the reason why there is none', async () => {
    for (const one of storeCases.filter(({ group }) => group === 'reopen')) {
      await expect(runStoreCase(one, memoryStore, undefined)).rejects.toThrow(/give reopen, or skip/)
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
    await expect(runStoreCase(failing, counting, undefined)).rejects.toThrow('as it should')
    expect(closed).toBe(1)
  })
})
